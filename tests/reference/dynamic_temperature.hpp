// SPDX-License-Identifier: MIT
// The slow twin of DynamicTemperature.
#pragma once

#include "reference/temperature.hpp"

namespace reference {

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

}  // namespace reference
