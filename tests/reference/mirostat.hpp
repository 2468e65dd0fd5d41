// SPDX-License-Identifier: MIT
// The slow twin of Mirostat.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// Version 2: the tokens with a surprise of at most mu bits, or the best one.
inline Scores mirostat_2(const Scores& scores, long double mu) {
  const Scores probability = probabilities(scores);
  const auto order = best_first(scores);
  std::size_t n = 1;
  while (n < order.size() && -std::log2(probability[order[n]]) <= mu) ++n;
  return keep_first(scores, order, n);
}

/// Version 1's k, as a real number; V where the scores that are looked at are as good as equal.
inline long double mirostat_k(const Scores& scores, long double mu, std::size_t m) {
  const auto order = best_first(scores);
  long double products = 0, squares = 0;
  for (std::size_t i = 0; i + 1 < std::min(m, order.size()); ++i) {
    const long double t = std::log((long double)(i + 2) / (long double)(i + 1));
    products += t * (scores[order[i]] - scores[order[i + 1]]);
    squares += t * t;
  }
  const long double s = products / squares;
  if (!(s >= 1e-6L)) return (long double)(scores.size());
  const long double e = s - 1, v = (long double)(scores.size());
  return std::pow(e * std::pow(2.0L, mu) / (1 - std::pow(v, -e)), 1 / s);
}

inline Scores mirostat_1(const Scores& scores, long double mu, std::size_t m) {
  const long double k = mirostat_k(scores, mu, m);
  const long double most = (long double)(scores.size());
  return keep_first(scores, best_first(scores), std::size_t(std::max(1.0L, std::min(k, most))));
}

}  // namespace reference
