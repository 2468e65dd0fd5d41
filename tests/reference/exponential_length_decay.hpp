// SPDX-License-Identifier: MIT
// The slow twin of ExponentialLengthDecay.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores exponential_length_decay(Scores scores, std::size_t start, long double factor,
                                       const Tokens& end_tokens, std::size_t generated) {
  if (generated <= start) return scores;
  long double power = 1;
  for (std::size_t n = start; n < generated; ++n) power *= factor;
  for (const std::int32_t token : end_tokens) {
    long double& s = scores[static_cast<std::size_t>(token)];
    if (s != kBanned) s += std::fabs(s) * (power - 1);
  }
  return scores;
}

}  // namespace reference
