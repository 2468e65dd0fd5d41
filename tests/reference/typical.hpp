// SPDX-License-Identifier: MIT
// The slow twin of Typical.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// How far each token's surprise is from what one expects; -1 for what is banned.
inline Scores untypicality(const Scores& scores) {
  const long double total = log_sum_exp(scores);
  long double entropy = 0;
  for (const long double s : scores) {
    if (std::exp(s - total) > 0) entropy -= std::exp(s - total) * (s - total);
  }
  Scores distances;
  for (const long double s : scores) {
    distances.push_back(s == kBanned ? -1 : std::fabs(total - s - entropy));
  }
  return distances;
}

/// Keeps the tokens, most typical first, that have less than p before them, and the first
/// `min_keep`.
inline Scores typical(const Scores& scores, long double p, std::size_t min_keep = 1) {
  const Scores distances = untypicality(scores), probability = probabilities(scores);
  auto order = best_first(scores);
  std::sort(order.begin(), order.end());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return distances[a] < distances[b]; });
  std::size_t n = 0;
  for (long double before = 0; n < order.size(); ++n) {
    if (n >= std::max<std::size_t>(min_keep, 1) && p < 1 && !(before < p)) break;
    before += probability[order[n]];
  }
  return keep_first(scores, order, n);
}

}  // namespace reference
