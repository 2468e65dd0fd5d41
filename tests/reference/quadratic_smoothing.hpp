// SPDX-License-Identifier: MIT
// The slow twin of QuadraticSmoothing.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores quadratic_smoothing(Scores scores, long double factor, long double curve) {
  if (factor == 0) return scores;
  const long double m = *std::max_element(scores.begin(), scores.end());
  const long double k = (3 - curve) / 2, s = (curve - 1) / 2;
  for (long double& score : scores) {
    const long double d = score - m;
    if (score != kBanned) score = -(k * factor * d * d) + s * factor * d * d * d + m;
  }
  return scores;
}

}  // namespace reference
