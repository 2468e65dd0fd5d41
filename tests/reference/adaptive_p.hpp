// SPDX-License-Identifier: MIT
// The slow twin of AdaptiveP.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// The scores for an adapted target.
inline Scores adaptive_p(const Scores& scores, long double target) {
  Scores result = probabilities(scores);
  for (std::size_t t = 0; t < scores.size(); ++t) {
    const long double d = std::fabs(result[t] - target) / 0.3L;
    result[t] = scores[t] == kBanned ? kBanned : 5 - 10 * d * d / (1 + d);
  }
  return result;
}

}  // namespace reference
