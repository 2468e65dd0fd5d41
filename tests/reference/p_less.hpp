// SPDX-License-Identifier: MIT
// The slow twin of PLess: the threshold.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// The score at which a probability is the sum of the squares of all.
inline long double p_less(const Scores& scores) {
  long double collision = 0;
  for (const long double p : probabilities(scores)) collision += p * p;
  return log_sum_exp(scores) + std::log(collision);
}

}  // namespace reference
