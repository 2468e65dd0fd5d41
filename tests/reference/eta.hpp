// SPDX-License-Identifier: MIT
// The slow twin of Eta: the threshold.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// The score at which a probability is eta.
inline long double eta(const Scores& scores, long double epsilon) {
  const long double eta = std::min(epsilon, std::sqrt(epsilon) * std::exp(-entropy(scores)));
  return log_sum_exp(scores) + std::log(eta);
}

}  // namespace reference
