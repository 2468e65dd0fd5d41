// SPDX-License-Identifier: MIT
// The slow twin of Xtc, where it happens.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// Bans the tokens that reach the threshold but the last of them, if `min_keep` others are left.
inline Scores xtc(const Scores& scores, long double threshold, std::size_t min_keep = 1) {
  const Scores probability = probabilities(scores);
  const auto order = best_first(scores);
  std::size_t top = 0;
  while (top < order.size() && probability[order[top]] >= threshold) ++top;
  if (top < 2 || order.size() - (top - 1) < min_keep) return scores;
  Scores left = scores;
  for (std::size_t i = 0; i + 1 < top; ++i) left[order[i]] = kBanned;
  return left;
}

}  // namespace reference
