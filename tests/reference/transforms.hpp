// SPDX-License-Identifier: MIT
// The slow twins of the processors that change scores.
#pragma once

#include "reference/scores.hpp"

#include <utility>

namespace reference {

inline Scores temperature(Scores scores, long double t) {
  if (t == 0) return keep_first(scores, best_first(scores), 1);
  for (long double& s : scores) s /= t;
  return scores;
}

/// As if the entropy were larger by `off`.
inline Scores dynamic_temperature(const Scores& scores, long double min, long double max,
                                  long double exponent, long double off = 0) {
  if (min == max) return temperature(scores, min);
  const auto n = static_cast<long double>(count_kept(scores));
  if (n <= 1) return scores;
  const long double part = std::clamp((entropy(scores) + off) / std::log(n), 0.0L, 1.0L);
  const long double t = min + (max - min) * std::pow(part, exponent);
  return temperature(scores, t < 1e-30L ? 0 : t);
}

inline Scores quadratic_smoothing(Scores scores, long double factor, long double curve) {
  if (factor == 0) return scores;
  const long double m = *std::max_element(scores.begin(), scores.end());
  const long double k = (3 - curve) / 2, s = (curve - 1) / 2;
  for (long double& score : scores) {
    const long double d = score - m;
    if (score != kBanned) score = -(k * factor * d * d) + s * factor * d * d * d + m;
  }
  return scores;
}

/// The scores for an adapted target.
inline Scores adaptive_p(const Scores& scores, long double target) {
  Scores result = probabilities(scores);
  for (std::size_t t = 0; t < scores.size(); ++t) {
    const long double d = std::fabs(result[t] - target) / 0.3L;
    result[t] = scores[t] == kBanned ? kBanned : 5 - 10 * d * d / (1 + d);
  }
  return result;
}

inline Scores log_softmax(Scores scores) {
  const long double total = log_sum_exp(scores);
  for (long double& s : scores) s = s == kBanned ? s : s - total;
  return scores;
}

inline Scores guidance(Scores first, Scores second, long double g, bool normalised) {
  if (normalised) first = log_softmax(first), second = log_softmax(second);
  if (g == 1) return first;
  for (std::size_t t = 0; t < first.size(); ++t) {
    if (first[t] != kBanned) first[t] = g * (first[t] - second[t]) + second[t];
  }
  return first;
}

inline Scores logit_bias(Scores scores,
                         const std::vector<std::pair<std::int32_t, long double>>& biases) {
  for (const auto& [token, bias] : biases) scores[static_cast<std::size_t>(token)] += bias;
  return scores;
}

/// Of SequenceBias, and with -inf of BanSequences. `text`: prompt and generated text.
inline Scores sequence_bias(Scores scores,
                            const std::vector<std::pair<Tokens, long double>>& biases,
                            const Tokens& text) {
  for (const auto& [sequence, bias] : biases) {
    const std::size_t others = sequence.size() - 1;
    const bool matches =
        others <= text.size() && std::equal(sequence.begin(), sequence.end() - 1,
                                            text.end() - static_cast<std::ptrdiff_t>(others));
    if (matches) scores[static_cast<std::size_t>(sequence.back())] += bias;
  }
  return scores;
}

inline Scores exponential_length_decay(Scores scores, std::size_t start, long double factor,
                                       const Tokens& end_tokens, std::size_t generated) {
  if (generated <= start) return scores;
  long double power = 1;
  for (std::size_t n = start; n < generated; ++n) power *= factor;
  for (const std::int32_t token : end_tokens) {
    long double& s = scores[static_cast<std::size_t>(token)];
    if (s != kBanned) s += std::fabs(s) * (power - 1);
  }
  return scores;
}

}  // namespace reference
