// SPDX-License-Identifier: MIT
// The slow twin of PresencePenalty.
#pragma once

#include "reference/scores.hpp"

#include <set>

namespace reference {

/// Every distinct token of the generated text costs `a`.
inline Scores presence_penalty(Scores scores, long double a, const Tokens& generated) {
  for (const std::int32_t token : std::set<std::int32_t>(generated.begin(), generated.end())) {
    if (token < 0 || static_cast<std::size_t>(token) >= scores.size()) continue;
    scores[static_cast<std::size_t>(token)] -= a;
  }
  return scores;
}

}  // namespace reference
