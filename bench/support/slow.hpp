// SPDX-License-Identifier: MIT
// What each row's result is checked against: the slow twins of the tests, and the measured chains
// made of them.
#pragma once

#include <logitkit/core/token.hpp>
#include <logitkit/random/philox.hpp>
#include <reference/constraints.hpp>
#include <reference/penalties.hpp>
#include <reference/thresholds.hpp>
#include <reference/transforms.hpp>
#include <reference/truncations.hpp>

#include <cstdint>
#include <span>

namespace bench {

using logitkit::Token;
using reference::Scores;

inline Scores scores_of(std::span<const float> row) { return {row.begin(), row.end()}; }

inline Token best(const Scores& scores) {
  return static_cast<Token>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}
inline Token best(std::span<const float> row) { return best(scores_of(row)); }

/// To check draws by: a draw is right if its token is the one at quantile u, tokens ascending, or
/// is within the rounding of sums of it.
class Quantiles {
 public:
  explicit Quantiles(const Scores& scores) {
    for (const long double p : reference::probabilities(scores)) {
      up_to_.push_back(up_to_.back() + double(p));
    }
  }
  [[nodiscard]] bool right(Token token, double u) const {
    constexpr double kRounding = 1e-6;
    const auto i = static_cast<std::size_t>(token);
    return i + 1 < up_to_.size() && up_to_[i] < up_to_[i + 1] && u > up_to_[i] - kRounding &&
           u < up_to_[i + 1] + kRounding;
  }

 private:
  std::vector<double> up_to_{0};  // the probability of all tokens below
};

/// Whether a peer kept as many tokens as it should, and the right ones, or nearly: of equal logits
/// it may keep others, and its sums are floats (llama.cpp's nucleus of 2200 tokens has 2139).
/// Banned tokens do not count.
inline bool nearly(const std::vector<Token>& kept, const Scores& expected,
                   std::span<const float> row) {
  const auto order = reference::best_first(expected);
  const auto how_many = [&](float least) {
    return double(std::count_if(kept.begin(), kept.end(), [&](Token token) {
      return row[static_cast<std::size_t>(token)] >= least;
    }));
  };
  const auto count = double(order.size()), rounding = std::max(1.0, 0.05 * count);
  const double good = how_many(row[order.back()]);
  const double all = how_many(std::numeric_limits<float>::lowest());
  return std::abs(all - count) <= rounding && good >= count - rounding;
}

/// The chains that are measured; processors compute with their parameters as floats.
inline Scores slow_draw(const Scores& row) { return reference::temperature(row, 0.8f); }
inline Scores slow_top_p(const Scores& row) { return reference::top_p(row, 0.95f); }
inline Scores slow_min_p(const Scores& row) { return reference::min_p(row, 0.05f); }
inline Scores slow_min_p_chain(const Scores& row) { return slow_draw(slow_min_p(row)); }
inline Scores slow_default_chain(const Scores& row) {
  return slow_min_p(slow_top_p(slow_draw(reference::top_k(row, 40))));
}

/// Tokens that penalties and biases are for: 64 different ones of any vocabulary from 64 on.
inline std::vector<Token> some_tokens(std::size_t vocabulary) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < 64; ++i) tokens.push_back(Token((17 + i * 2003) % vocabulary));
  return tokens;
}
/// A grammar's bitmask that allows half of the tokens.
inline std::vector<std::uint32_t> some_mask(std::size_t vocabulary) {
  std::vector<std::uint32_t> words((vocabulary + 31) / 32);
  for (std::uint32_t i = 0; i < words.size(); ++i) {
    words[i] = logitkit::philox4x32({i, 0, 0, 0}, {1, 2026})[0];
  }
  return words;
}
inline Scores slow_mask(const Scores& row) {
  return reference::token_mask(row, some_mask(row.size()));
}
inline Scores slow_penalties(const Scores& row) {
  const auto tokens = some_tokens(row.size());
  const Scores scaled = reference::repetition_penalty(row, 1.3f, tokens);
  const Scores counted = reference::frequency_penalty(scaled, 0.7f, tokens);
  return reference::presence_penalty(counted, 0.7f, tokens);
}

}  // namespace bench
