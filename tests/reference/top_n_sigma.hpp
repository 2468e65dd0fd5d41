// SPDX-License-Identifier: MIT
// The slow twin of TopNSigma: the threshold.
#pragma once

#include "reference/scores.hpp"

namespace reference {

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
