// SPDX-License-Identifier: MIT
// The exponential function and powers, with the same bits on every machine.
#pragma once

#include <logitkit/math/logarithm.hpp>

namespace logitkit::inline LOGITKIT_ABI::math {

/// exp(x) within 2 units in the last place; 0 below -708, +inf above 709.
/// Method: x = n ln 2 + r with |r| <= ln(2) / 2; Taylor series of exp(r), every step a fused
/// multiply-add; then the exponent.
[[nodiscard]] inline double exp(double x) noexcept {
  constexpr double kLn2High = 0x1.62e42fefa3800p-1;
  constexpr double kLn2Low = 0x1.ef35793c76730p-45;
  if (is_nan(x)) return x;
  if (x < -708) return 0;
  if (x > 709) return std::numeric_limits<double>::infinity();
  const auto n = static_cast<std::int64_t>(std::fma(x, kLog2E, x < 0 ? -0.5 : 0.5));
  const auto whole = static_cast<double>(n);
  const double r = std::fma(-whole, kLn2Low, std::fma(-whole, kLn2High, x));
  double series = 1;
  for (int k = 14; k >= 1; --k) series = std::fma(series, r / k, 1.0);
  return series * std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52);
}

/// base^exponent for base > 0: exact for the exponents 0 and 1, else within a relative error of
/// (2 + |exponent ln base|) 2^-52.
[[nodiscard]] inline double power(double base, double exponent) noexcept {
  if (exponent == 0) return 1;
  if (exponent == 1) return base;
  return exp(exponent * log(base));
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
