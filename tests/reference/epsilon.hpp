// SPDX-License-Identifier: MIT
// The slow twin of Epsilon: the threshold.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// The score at which a probability is epsilon.
inline long double epsilon(const Scores& scores, long double epsilon) {
  return log_sum_exp(scores) + std::log(epsilon);
}

}  // namespace reference
