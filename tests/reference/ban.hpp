// SPDX-License-Identifier: MIT
// The slow twins of Ban and MinNewTokens.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores ban(Scores scores, const Tokens& tokens) {
  for (const std::int32_t token : tokens) scores[static_cast<std::size_t>(token)] = kBanned;
  return scores;
}

inline Scores min_new_tokens(const Scores& scores, std::size_t n, const Tokens& end_tokens,
                             std::size_t generated) {
  return generated < n ? ban(scores, end_tokens) : scores;
}

}  // namespace reference
