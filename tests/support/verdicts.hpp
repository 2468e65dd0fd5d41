// SPDX-License-Identifier: MIT
// Asking a verification rule: distributions by weights, numbers from lists, and what it looks at.
#pragma once

#include <logitkit/decode/verdict.hpp>

#include "support/catch.hpp"

#include <stdexcept>
#include <vector>

namespace test {

namespace lk = logitkit;

inline constexpr double kLast = 1 - 0x1p-53;  // the largest random number

inline void check(const lk::Verdict& verdict, std::size_t accepted, lk::Token next) {
  CHECK(verdict.accepted == accepted);
  CHECK(verdict.next == next);
}

/// Tokens with these weights.
inline lk::Probabilities of(const std::vector<lk::Token>& tokens,
                            const std::vector<double>& weights) {
  lk::Probabilities p;
  p.assign(tokens, weights);
  return p;
}

/// The same of tokens 0, 1, 2, ...
inline lk::Probabilities weights(const std::vector<double>& values) {
  std::vector<lk::Token> tokens;
  for (std::size_t t = 0; t < values.size(); ++t) tokens.push_back(static_cast<lk::Token>(t));
  return of(tokens, values);
}

/// What a rule says of a draft. A number that the lists do not have throws, and so does a target
/// that was asked for out of order or twice.
struct Asked {
  std::vector<lk::Probabilities> targets;
  std::vector<lk::Token> tokens;
  std::vector<lk::Probabilities> drawn_from{};
  std::size_t looked_at = 0;  // targets

  lk::Verdict operator()(const auto& rule, const std::vector<double>& tests,
                         const std::vector<double>& next) {
    looked_at = 0;
    const auto target = [&](std::size_t i) -> const lk::Probabilities& {
      if (i != looked_at++) throw std::logic_error("a target out of order");
      return targets.at(i);
    };
    return rule(
        target, lk::Draft{tokens, drawn_from}, [&](std::size_t i) { return tests.at(i); },
        [&](std::size_t i) { return next.at(i); });
  }
};

}  // namespace test
