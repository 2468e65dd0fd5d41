// SPDX-License-Identifier: MIT
// The slow twin of Dry.
#pragma once

#include "reference/scores.hpp"

#include <map>

namespace reference {

struct DryRule {
  double multiplier, base;
  std::size_t allowed_length, last;
  std::vector<Tokens> breakers;
};

/// The length of the repeat that each token would make longer, compared token by token.
inline std::map<std::int32_t, std::size_t> dry_repeats(const Tokens& tokens, const DryRule& rule) {
  const std::size_t size = tokens.size(), first = size - std::min(size, rule.last);
  std::size_t limit = 0;  // tokens after the last breaker
  const auto breaker_ends_at = [&](std::size_t end) {
    for (const Tokens& breaker : rule.breakers) {
      if (breaker.size() <= end &&
          std::equal(breaker.begin(), breaker.end(),
                     tokens.begin() + static_cast<std::ptrdiff_t>(end - breaker.size()))) {
        return true;
      }
    }
    return false;
  };
  while (limit < size && !breaker_ends_at(size - limit)) ++limit;
  std::map<std::int32_t, std::size_t> longest;
  for (std::size_t next = first + 1; next < size; ++next) {
    std::size_t length = 0;
    while (length < limit && next - length > first &&
           tokens[next - 1 - length] == tokens[size - 1 - length]) {
      ++length;
    }
    const bool breaks =
        std::count(rule.breakers.begin(), rule.breakers.end(), Tokens{tokens[next]}) > 0;
    if (length < rule.allowed_length || breaks) continue;
    longest[tokens[next]] = std::max(longest[tokens[next]], length);
  }
  return longest;
}

inline Scores dry(Scores scores, const Tokens& tokens, const DryRule& rule) {
  for (const auto& [token, length] : dry_repeats(tokens, rule)) {
    if (!has(scores, token)) continue;
    const auto more = static_cast<long double>(length - rule.allowed_length);
    scores[static_cast<std::size_t>(token)] -=
        std::min(1e30L, rule.multiplier * std::pow(static_cast<long double>(rule.base), more));
  }
  return scores;
}

}  // namespace reference
