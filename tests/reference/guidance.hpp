// SPDX-License-Identifier: MIT
// The slow twin of Guidance.
#pragma once

#include "reference/softmax.hpp"

namespace reference {

inline Scores guidance(Scores first, Scores second, long double g, bool normalised) {
  if (normalised) first = log_softmax(first), second = log_softmax(second);
  if (g == 1) return first;
  for (std::size_t t = 0; t < first.size(); ++t) {
    if (first[t] != kBanned) first[t] = g * (first[t] - second[t]) + second[t];
  }
  return first;
}

}  // namespace reference
