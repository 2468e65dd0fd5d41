// SPDX-License-Identifier: MIT
// Scores: what the slow twins work on, one long double a token, -inf for banned or dropped.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace reference {

using Scores = std::vector<long double>;
using Tokens = std::vector<std::int32_t>;

inline constexpr long double kBanned = -std::numeric_limits<long double>::infinity();

/// The tokens that are not banned, best first; equal scores, the lower token first.
inline std::vector<std::size_t> best_first(const Scores& scores) {
  std::vector<std::size_t> order;
  for (std::size_t t = 0; t < scores.size(); ++t) {
    if (scores[t] != kBanned) order.push_back(t);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  return order;
}

/// The first n of an order keep their scores; all others are banned.
inline Scores keep_first(const Scores& scores, const std::vector<std::size_t>& order,
                         std::size_t n) {
  Scores kept(scores.size(), kBanned);
  for (std::size_t i = 0; i < std::min(n, order.size()); ++i) kept[order[i]] = scores[order[i]];
  return kept;
}

inline std::size_t count_kept(const Scores& scores) {
  return scores.size() -
         static_cast<std::size_t>(std::count(scores.begin(), scores.end(), kBanned));
}

inline long double log_sum_exp(const Scores& scores) {
  const long double best = *std::max_element(scores.begin(), scores.end());
  if (best == kBanned) return kBanned;
  long double sum = 0;
  for (const long double s : scores) sum += std::exp(s - best);
  return best + std::log(sum);
}

/// softmax of the scores; all zero if all are banned.
inline Scores probabilities(Scores scores) {
  const long double total = log_sum_exp(scores);
  for (long double& s : scores) s = s == kBanned ? 0 : std::exp(s - total);
  return scores;
}

/// Half the sum of the absolute differences of two distributions.
inline long double total_variation(const Scores& p, const Scores& q) {
  long double sum = 0;
  for (std::size_t i = 0; i < p.size(); ++i) sum += std::fabs(p[i] - q[i]);
  return sum / 2;
}

}  // namespace reference
