// SPDX-License-Identifier: MIT
// The slow twin of RepetitionPenalty.
#pragma once

#include "reference/scores.hpp"

#include <set>

namespace reference {

/// `tokens`: prompt and generated text.
inline Scores repetition_penalty(Scores scores, long double r, const Tokens& tokens) {
  for (const std::int32_t token : std::set<std::int32_t>(tokens.begin(), tokens.end())) {
    if (token < 0 || static_cast<std::size_t>(token) >= scores.size()) continue;
    long double& s = scores[static_cast<std::size_t>(token)];
    s = s < 0 ? s * r : s / r;
  }
  return scores;
}

}  // namespace reference
