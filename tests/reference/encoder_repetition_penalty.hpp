// SPDX-License-Identifier: MIT
// The slow twin of EncoderRepetitionPenalty.
#pragma once

#include "reference/scores.hpp"

#include <set>

namespace reference {

inline Scores encoder_repetition_penalty(Scores scores, long double r, const Tokens& encoder) {
  for (const std::int32_t token : std::set<std::int32_t>(encoder.begin(), encoder.end())) {
    if (token < 0 || static_cast<std::size_t>(token) >= scores.size()) continue;
    long double& s = scores[static_cast<std::size_t>(token)];
    s = s < 0 ? s / r : s * r;
  }
  return scores;
}

}  // namespace reference
