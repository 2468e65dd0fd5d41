// SPDX-License-Identifier: MIT
// The slow twin of all processors that force tokens.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores force(const Scores& scores, const Tokens& tokens) {
  Scores forced(scores.size(), kBanned);
  for (const std::int32_t token : tokens) {
    const auto t = static_cast<std::size_t>(token);
    if (scores[t] != kBanned) forced[t] = 0;
  }
  return forced;
}

}  // namespace reference
