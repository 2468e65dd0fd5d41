// SPDX-License-Identifier: MIT
// Scores: what the slow twins work on, one long double a token, -inf for banned or dropped.
#pragma once

#include <algorithm>  // these, too, for all twins
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace reference {

using Scores = std::vector<long double>;
using Tokens = std::vector<std::int32_t>;

inline constexpr long double kBanned = -std::numeric_limits<long double>::infinity();

/// Whether the row has a token.
inline bool has(const Scores& scores, std::int32_t token) {
  return token >= 0 && static_cast<std::size_t>(token) < scores.size();
}

// The others are compiled once, in scores.cpp.

/// The tokens that are not banned, best first; equal scores, the lower token first.
std::vector<std::size_t> best_first(const Scores& scores);

/// The first n of an order keep their scores; all others are banned.
Scores keep_first(const Scores& scores, const std::vector<std::size_t>& order, std::size_t n);

std::size_t count_kept(const Scores& scores);

long double log_sum_exp(const Scores& scores);

/// softmax of the scores; all zero if all are banned.
Scores probabilities(Scores scores);

/// Shannon's, in nats.
long double entropy(const Scores& scores);

/// Half the sum of the absolute differences of two distributions.
long double total_variation(const Scores& p, const Scores& q);

}  // namespace reference
