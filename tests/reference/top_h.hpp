// SPDX-License-Identifier: MIT
// The slow twins of TopH: how many of the best are kept.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// Token by token: the entropy with one token more is that of whether it is this one, and of which
/// it is if not. `off`: by how much the limit is moved.
inline std::size_t top_h(const Scores& scores, long double alpha, long double off) {
  const auto order = best_first(scores);
  const Scores p = probabilities(scores);
  const long double limit = alpha * entropy(scores) + off;
  long double mass = p[order[0]], so_far = 0;
  std::size_t n = 1;
  for (; n < order.size(); ++n) {
    mass += p[order[n]];
    const long double one = p[order[n]] / mass, rest = 1 - one;
    if (one > 0) so_far = rest * so_far - one * std::log(one) - rest * std::log1p(-one);
    if (so_far > limit) break;
  }
  return n;
}

/// Hugging Face's: of the 100 best, by their shares in the entropy.
inline std::size_t top_h_of_100(const Scores& scores, long double alpha, long double off) {
  const auto order = best_first(scores);
  const Scores some = keep_first(scores, order, 100), p = probabilities(some);
  const long double limit = alpha * entropy(some) + off;
  long double sum = 0;
  std::size_t n = 0;
  for (; n < std::min<std::size_t>(order.size(), 100); ++n) {
    sum -= p[order[n]] > 0 ? p[order[n]] * std::log(p[order[n]]) : 0;
    if (n > 0 && !(sum <= limit)) break;
  }
  return n;
}

}  // namespace reference
