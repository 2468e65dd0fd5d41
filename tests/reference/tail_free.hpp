// SPDX-License-Identifier: MIT
// The slow twin of TailFree.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// How many tokens, best first, are ahead of the tail; all where nothing curves.
inline std::size_t head(const Scores& scores, long double z, std::size_t min_keep = 1) {
  const auto order = best_first(scores);
  const std::size_t n = order.size();
  if (n <= 2 || z == 1) return n;
  std::vector<long double> p, curvature;
  for (const std::size_t token : order) p.push_back(std::exp(scores[token] - scores[order[0]]));
  for (std::size_t i = 0; i + 2 < n; ++i) {
    curvature.push_back(std::fabs(p[i] - 2 * p[i + 1] + p[i + 2]));
  }
  const long double all = std::accumulate(curvature.begin(), curvature.end(), 0.0L);
  long double sum = 0;
  for (std::size_t i = 0; i < curvature.size(); ++i) {
    sum += curvature[i];
    if (sum > z * all && i >= min_keep) return i;
  }
  return n;
}

}  // namespace reference
