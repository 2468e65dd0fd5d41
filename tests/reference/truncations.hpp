// SPDX-License-Identifier: MIT
// The slow twins of the processors that truncate by more than a threshold.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores top_k(const Scores& scores, std::size_t k) {
  return keep_first(scores, best_first(scores), k);
}

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

/// How many of the best TopH keeps, token by token: the entropy with one token more is that of
/// whether it is this one, and of which it is if not. `off`: by how much the limit is moved.
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

/// The same by Hugging Face's rule: of the 100 best, by their shares in the entropy.
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

/// How far each token's surprise is from what one expects; -1 for what is banned.
inline Scores untypicality(const Scores& scores) {
  const long double total = log_sum_exp(scores), expected = entropy(scores);
  Scores distances;
  for (const long double s : scores) {
    distances.push_back(s == kBanned ? -1 : std::fabs(total - s - expected));
  }
  return distances;
}

/// Keeps the tokens, most typical first, that have less than p before them, and the first
/// `min_keep`.
inline Scores typical(const Scores& scores, long double p, std::size_t min_keep = 1) {
  const Scores distances = untypicality(scores), probability = probabilities(scores);
  auto order = best_first(scores);
  std::sort(order.begin(), order.end());
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return distances[a] < distances[b]; });
  std::size_t n = 0;
  for (long double before = 0; n < order.size(); ++n) {
    if (n >= std::max<std::size_t>(min_keep, 1) && p < 1 && !(before < p)) break;
    before += probability[order[n]];
  }
  return keep_first(scores, order, n);
}

/// How many tokens, best first, are ahead of the tail; all where nothing curves.
inline std::size_t head(const Scores& scores, long double z, std::size_t min_keep = 1) {
  const auto order = best_first(scores);
  const std::size_t n = order.size();
  if (n <= 2 || z == 1) return n;
  std::vector<long double> p, curvature;
  for (const std::size_t token : order) p.push_back(std::exp(scores[token] - scores[order[0]]));
  for (std::size_t i = 0; i + 2 < n; ++i) {
    curvature.push_back(std::fabs(p[i] - 2 * p[i + 1] + p[i + 2]));
  }
  const long double all = std::accumulate(curvature.begin(), curvature.end(), 0.0L);
  long double sum = 0;
  for (std::size_t i = 0; i < curvature.size(); ++i) {
    sum += curvature[i];
    if (sum > z * all && i >= min_keep) return i;
  }
  return n;
}

// Mirostat.
/// Version 2: the tokens with a surprise of at most mu bits, or the best one.
inline Scores mirostat_2(const Scores& scores, long double mu) {
  const Scores probability = probabilities(scores);
  const auto order = best_first(scores);
  std::size_t n = 1;
  while (n < order.size() && -std::log2(probability[order[n]]) <= mu) ++n;
  return keep_first(scores, order, n);
}

/// Mirostat, version 1: k, as a real number; V where the scores that are looked at are as good as
/// equal.
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

/// Xtc where it happens: bans the tokens that reach the threshold but the last of them, if
/// `min_keep` others are left.
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
