// SPDX-License-Identifier: MIT
// The slow twin of AllowOnly.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores allow_only(const Scores& scores, const Tokens& tokens) {
  Scores kept(scores.size(), kBanned);
  for (const std::int32_t t : tokens) {
    kept[static_cast<std::size_t>(t)] = scores[static_cast<std::size_t>(t)];
  }
  return kept;
}

}  // namespace reference
