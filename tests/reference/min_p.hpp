// SPDX-License-Identifier: MIT
// The slow twin of MinP.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores min_p(Scores scores, long double min_p) {
  if (scores.empty()) return scores;
  const long double best = *std::max_element(scores.begin(), scores.end());
  for (long double& s : scores) {
    if (min_p > 0 && s < best + std::log(min_p)) s = kBanned;
  }
  return scores;
}

}  // namespace reference
