// SPDX-License-Identifier: MIT
// Products of masses over a mass, exactly: how an interval is divided in the ratio of masses.
#pragma once

#include <logitkit/math/mass.hpp>

#include <bit>

namespace logitkit::inline LOGITKIT_ABI::math {

/// A whole number, and whether the division that gave it left nothing.
struct MassRatio {
  Mass floor;
  bool exact;

  [[nodiscard]] constexpr Mass ceiling() const noexcept {
    Mass result = floor;
    if (!exact) result += 1;
    return result;
  }
};

/// a * b / c for a <= c and 0 < c < 2^126, so that no step overflows. Long division, one bit of b
/// after the other: integers alone, the same on every machine. Cost: a few cycles a bit of b.
[[nodiscard]] constexpr MassRatio multiply_divide(const Mass& a, const Mass& b,
                                                  const Mass& c) noexcept {
  Mass quotient, rest;  // of a times the leading bits of b
  const int size = b.high != 0 ? 128 - std::countl_zero(b.high) : 64 - std::countl_zero(b.low);
  for (int bit = size; bit-- > 0;) {
    quotient += quotient;
    rest += rest;
    if (((bit >= 64 ? b.high >> (bit - 64) : b.low >> bit) & 1) != 0) rest += a;
    while (rest >= c) {  // at most twice
      rest -= c;
      quotient += 1;
    }
  }
  return {quotient, rest == Mass{}};
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
