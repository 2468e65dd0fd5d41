// SPDX-License-Identifier: MIT
// The slow twin of FrequencyPenalty.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// Every occurrence in the generated text costs its token `a`.
inline Scores frequency_penalty(Scores scores, long double a, const Tokens& generated) {
  for (const std::int32_t token : generated) {
    if (token < 0 || static_cast<std::size_t>(token) >= scores.size()) continue;
    scores[static_cast<std::size_t>(token)] -= a;
  }
  return scores;
}

}  // namespace reference
