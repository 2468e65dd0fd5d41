// SPDX-License-Identifier: MIT
// The natural logarithm, with the same bits on every machine.
#pragma once

#include <logitkit/math/order.hpp>

#include <bit>
#include <cmath>  // std::fma, which IEEE 754 specifies to the last bit
#include <cstdint>
#include <limits>

namespace logitkit::inline LOGITKIT_ABI::math {

inline constexpr double kLog2E = 0x1.71547652b82fep+0;

/// ln(x) for x >= 0 (ln 0 = -inf), within 2 units in the last place.
/// The C library's log differs between libraries and versions; this one is basic operations in a
/// fixed order, every multiply-add a fused one, so that no compiler flag can contract it otherwise.
/// Method: x = m 2^e with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh(s), s = (m - 1) / (m + 1).
[[nodiscard]] inline double log(double x) noexcept {
  constexpr double kLn2High = 0x1.62e42fefa3800p-1;  // e * high is exact for every exponent
  constexpr double kLn2Low = 0x1.ef35793c76730p-45;
  if (x == 0) return -std::numeric_limits<double>::infinity();
  int exponent = 0;
  if (x < 0x1p-1022) {  // denormal: bring the leading digit to its place
    x *= 0x1p54;
    exponent = -54;
  }
  const auto bits = std::bit_cast<std::uint64_t>(x);
  if (bits >= 0x7ff0000000000000u) return x;  // +inf and NaN
  exponent += static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0x000fffffffffffffu) | 0x3ff0000000000000u);
  if (m > 0x1.6a09e667f3bcdp+0) {
    m *= 0.5;
    ++exponent;
  }
  const double f = m - 1;  // exact
  const double s = f / (m + 1);
  const double z = s * s;
  double series = 1.0 / 23;
  for (int k = 21; k >= 3; k -= 2) series = std::fma(series, z, 1.0 / k);
  // 2 artanh(s) = 2 s + 2 s^3 series, and 2 s = f - s f: this keeps the digits of f.
  const double cubic = 2 * z * series;
  const double correction = std::fma(s, f, -(s * cubic));
  const double e = exponent;
  return std::fma(e, kLn2High, f - std::fma(-e, kLn2Low, correction));
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
