// SPDX-License-Identifier: MIT
// The slow twins of the processors that truncate by a threshold: the score that is to be reached.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores reaching(Scores scores, long double threshold) {
  for (long double& s : scores) s = s >= threshold ? s : kBanned;
  return scores;
}

/// The threshold, or the min_keep-th best score if that is lower.
inline long double lowered(long double threshold, const Scores& scores, std::size_t min_keep) {
  const auto order = best_first(scores);
  if (order.empty()) return threshold;
  return std::min(threshold, scores[order[std::min(min_keep, order.size()) - 1]]);
}

/// The tokens whose probability is at least min_p times the largest.
inline Scores min_p(const Scores& scores, long double min_p) {
  if (scores.empty()) return scores;
  return reaching(scores, *std::max_element(scores.begin(), scores.end()) + std::log(min_p));
}

/// The score at which a probability is a times the square of the largest.
inline long double top_a(const Scores& scores, long double a) {
  const Scores p = probabilities(scores);
  const long double largest = *std::max_element(p.begin(), p.end());
  return a == 0 ? kBanned : log_sum_exp(scores) + std::log(a * largest * largest);
}

/// The score at which a probability is epsilon.
inline long double epsilon(const Scores& scores, long double epsilon) {
  return log_sum_exp(scores) + std::log(epsilon);
}

/// The score at which a probability is eta.
inline long double eta(const Scores& scores, long double epsilon) {
  const long double eta = std::min(epsilon, std::sqrt(epsilon) * std::exp(-entropy(scores)));
  return log_sum_exp(scores) + std::log(eta);
}

/// The score at which a probability is the sum of the squares of all.
inline long double p_less(const Scores& scores) {
  long double collision = 0;
  for (const long double p : probabilities(scores)) collision += p * p;
  return log_sum_exp(scores) + std::log(collision);
}

/// maximum - n * standard deviation of the scores that are not banned.
inline long double top_n_sigma(const Scores& scores, long double n) {
  long double count = 0, sum = 0, squares = 0;
  for (const long double s : scores) {
    if (s != kBanned) sum += s, ++count;
  }
  for (const long double s : scores) {
    if (s != kBanned) squares += (s - sum / count) * (s - sum / count);
  }
  return *std::max_element(scores.begin(), scores.end()) - n * std::sqrt(squares / count);
}

}  // namespace reference
