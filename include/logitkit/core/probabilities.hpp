// SPDX-License-Identifier: MIT
// Probabilities: a distribution over a few tokens, as it was really drawn from.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// Ascending tokens and their probabilities, all > 0, which sum to 1 up to rounding. It owns them
/// and outlives the candidates that it was made from. `assign` keeps the memory. 12 bytes a token.
class Probabilities {
 public:
  /// What `draw` chooses by: the exact weights of the candidates over their sum. Nothing if their
  /// status is bad. O(size of the set).
  template <std::floating_point S>
  void assign(Candidates<S>& candidates) {
    clear();
    math::Mass sum;
    candidates.for_each_weight([&](Token token, std::uint64_t weight) {
      tokens_.push_back(token);
      values_.push_back(static_cast<double>(weight));
      sum += weight;
    });
    divide_by(sum.to_double());
  }

  /// One token that is certain.
  void assign(Token token) {
    tokens_.assign(1, token);
    values_.assign(1, 1.0);
  }

  /// One's own: as many weights as tokens, these ascending, those finite and >= 0.
  void assign(std::span<const Token> ascending, std::span<const double> weights) {
    clear();
    double sum = 0;
    for (std::size_t i = 0; i < ascending.size(); ++i) {
      if (!(weights[i] > 0)) continue;
      tokens_.push_back(ascending[i]);
      values_.push_back(weights[i]);
      sum += weights[i];
    }
    divide_by(sum);
  }

  [[nodiscard]] std::size_t size() const { return tokens_.size(); }
  [[nodiscard]] std::span<const Token> tokens() const { return tokens_; }
  [[nodiscard]] std::span<const double> values() const { return values_; }

  /// Of a token; 0 where it is not among them. O(log size).
  [[nodiscard]] double operator[](Token token) const {
    const auto place = std::lower_bound(tokens_.begin(), tokens_.end(), token);
    if (place == tokens_.end() || *place != token) return 0;
    return values_[static_cast<std::size_t>(place - tokens_.begin())];
  }

 private:
  void clear() {
    tokens_.clear();
    values_.clear();
  }
  void divide_by(double sum) {
    for (double& value : values_) value /= sum;
  }

  std::vector<Token> tokens_;
  std::vector<double> values_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
