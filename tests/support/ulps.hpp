// SPDX-License-Identifier: MIT
// The distance of a double from an exact value, in units of the exact value's last place.
#pragma once

#include <algorithm>
#include <cmath>

namespace test {

/// Exact values below the normal range count in units of the smallest normal number's last place.
inline double ulps(double got, long double exact) {
  const int exponent = std::max(std::ilogb(exact), -1022);
  const long double ulp = std::scalbn(1.0L, exponent - 52);
  return static_cast<double>(std::fabs((static_cast<long double>(got) - exact) / ulp));
}

}  // namespace test
