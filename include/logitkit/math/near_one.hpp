// SPDX-License-Identifier: MIT
// ln(1 + x) and exp(x) - 1, to all digits where x is small and 1 would swallow it.
#pragma once

#include <logitkit/math/exponential.hpp>

namespace logitkit::inline LOGITKIT_ABI::math {

// Neither result is a product, which a compiler could contract with a sum that it feeds.

/// ln(1 + x) for x >= -1, within 4 units in the last place: what rounding 1 + x has lost is added.
[[nodiscard]] inline double log1p(double x) noexcept {
  const double sum = 1 + x, kept = sum - 1;
  return kept == x ? log(sum) : log(sum) + (x - kept) / sum;
}

/// exp(x) - 1, within 4 units in the last place; -1 below -708, +inf above 709. The exponential of
/// a small x has been rounded to that of another number, its logarithm: the difference is made up
/// for.
[[nodiscard]] inline double expm1(double x) noexcept {
  const double power = exp(x);
  if (x > 1 || x < -40) return power - 1;
  return std::fma(power, x - log(power), power - 1);
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
