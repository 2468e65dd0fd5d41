// SPDX-License-Identifier: MIT
// The obvious slow computations that each row's result is checked against: doubles, a full sort.
#pragma once

#include <logitkit/core/token.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace bench {

using logitkit::Token;

/// One row as a vector of scores in double; -inf is banned or dropped.
struct Slow {
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
  std::vector<double> scores;

  explicit Slow(std::span<const float> row) : scores(row.begin(), row.end()) {}

  double& operator[](Token token) { return scores[static_cast<std::size_t>(token)]; }

  /// The tokens that are left, best first; equal scores, the lower token.
  [[nodiscard]] std::vector<Token> ranked() const {
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (scores[i] != -kInfinity) tokens.push_back(static_cast<Token>(i));
    }
    std::stable_sort(tokens.begin(), tokens.end(), [this](Token a, Token b) {
      return scores[static_cast<std::size_t>(a)] > scores[static_cast<std::size_t>(b)];
    });
    return tokens;
  }
  [[nodiscard]] double log_sum_exp() const {
    const double best = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (const double score : scores) sum += std::exp(score - best);
    return best + std::log(sum);
  }

  void keep_first(const std::vector<Token>& tokens, std::size_t n) {
    for (std::size_t i = n; i < tokens.size(); ++i) (*this)[tokens[i]] = -kInfinity;
  }
  void top_k(std::size_t k) { keep_first(ranked(), k); }
  void top_p(double p) {
    const std::vector<Token> tokens = ranked();
    const double total = log_sum_exp();
    double before = 0;
    std::size_t n = 0;
    for (; n < tokens.size() && before < p; ++n) before += std::exp((*this)[tokens[n]] - total);
    keep_first(tokens, n);
  }
  void min_p(double p) {
    const double bound = *std::max_element(scores.begin(), scores.end()) + std::log(p);
    for (double& score : scores) {
      if (score < bound) score = -kInfinity;
    }
  }
  void temperature(double t) {
    for (double& score : scores) score /= t;
  }
  void softmax() {
    const double total = log_sum_exp();
    for (double& score : scores) score -= total;
  }
  [[nodiscard]] Token draw(double u) const {
    const double total = log_sum_exp();
    double cumulative = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      cumulative += std::exp(scores[i] - total);
      if (cumulative > u) return static_cast<Token>(i);
    }
    return logitkit::kNoToken;
  }
};

}  // namespace bench
