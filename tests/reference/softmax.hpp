// SPDX-License-Identifier: MIT
// The slow twin of Softmax.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores log_softmax(Scores scores) {
  const long double total = log_sum_exp(scores);
  for (long double& s : scores) s = s == kBanned ? s : s - total;
  return scores;
}

}  // namespace reference
