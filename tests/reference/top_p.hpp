// SPDX-License-Identifier: MIT
// The slow twin of TopP.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// How many tokens, best first, have less than p before them; at least one.
inline std::size_t nucleus(const Scores& scores, long double p) {
  const Scores probability = probabilities(scores);
  std::size_t n = 0;
  long double before = 0;
  for (const std::size_t token : best_first(scores)) {
    if (n > 0 && p < 1 && !(before < p)) break;
    before += probability[token];
    ++n;
  }
  return n;
}

inline Scores top_p(const Scores& scores, long double p) {
  return keep_first(scores, best_first(scores), nucleus(scores, p));
}

}  // namespace reference
