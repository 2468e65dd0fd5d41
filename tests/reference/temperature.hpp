// SPDX-License-Identifier: MIT
// The slow twin of Temperature.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores temperature(Scores scores, long double t) {
  if (t == 0) return keep_first(scores, best_first(scores), 1);
  for (long double& s : scores) s /= t;
  return scores;
}

}  // namespace reference
