// SPDX-License-Identifier: MIT
// The slow twin of DynamicTemperature.
#pragma once

#include "reference/temperature.hpp"

namespace reference {

inline Scores dynamic_temperature(const Scores& scores, long double min, long double max,
                                  long double exponent) {
  if (min == max) return temperature(scores, min);
  const auto n = static_cast<long double>(count_kept(scores));
  if (n <= 1) return scores;
  const long double t = min + (max - min) * std::pow(entropy(scores) / std::log(n), exponent);
  return temperature(scores, t < 1e-30L ? 0 : t);
}

}  // namespace reference
