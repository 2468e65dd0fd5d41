// SPDX-License-Identifier: MIT
// The slow twin of TopA: the threshold.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// The score at which a probability is a times the square of the largest.
inline long double top_a(const Scores& scores, long double a) {
  const Scores p = probabilities(scores);
  const long double largest = *std::max_element(p.begin(), p.end());
  return a == 0 ? kBanned : log_sum_exp(scores) + std::log(a * largest * largest);
}

}  // namespace reference
