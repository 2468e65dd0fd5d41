// SPDX-License-Identifier: MIT
// The slow twin of TokenMask.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline bool allowed(const std::vector<std::uint32_t>& words, std::size_t token) {
  return token / 32 < words.size() && (words[token / 32] >> (token % 32)) % 2 == 1;
}

inline Scores token_mask(Scores scores, const std::vector<std::uint32_t>& words) {
  for (std::size_t t = 0; t < scores.size(); ++t) {
    if (!allowed(words, t)) scores[t] = kBanned;
  }
  return scores;
}

}  // namespace reference
