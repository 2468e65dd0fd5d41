// SPDX-License-Identifier: MIT
// The slow twin of Eta: the threshold.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// The score at which a probability is eta.
inline long double eta(const Scores& scores, long double epsilon) {
  long double entropy = 0;
  for (const long double p : probabilities(scores)) entropy -= p > 0 ? p * std::log(p) : 0;
  const long double eta = std::min(epsilon, std::sqrt(epsilon) * std::exp(-entropy));
  return log_sum_exp(scores) + std::log(eta);
}

}  // namespace reference
