// SPDX-License-Identifier: MIT
// The slow twin of truncated Gumbel numbers: noise for every item, moved so that the largest is as
// given. Kool, van Hoof, Welling 2019, equations 6 and, stable, 22 and 23.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace reference {

/// Independent Gumbel numbers, given that their maximum is `maximum`.
inline std::vector<long double> condition(std::vector<long double> gumbels, long double maximum) {
  const long double largest = *std::max_element(gumbels.begin(), gumbels.end());
  for (long double& g : gumbels) {
    const long double v = maximum - g + std::log1p(-std::exp(g - largest));
    g = maximum - std::max(v, 0.0L) - std::log1p(std::exp(-std::fabs(v)));
  }
  return gumbels;
}

/// The same as it is derived.
inline std::vector<long double> condition_plainly(std::vector<long double> gumbels,
                                                  long double maximum) {
  const long double largest = *std::max_element(gumbels.begin(), gumbels.end());
  for (long double& g : gumbels) {
    g = -std::log(std::exp(-maximum) - std::exp(-largest) + std::exp(-g));
  }
  return gumbels;
}

}  // namespace reference
