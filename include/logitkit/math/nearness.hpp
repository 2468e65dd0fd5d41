// SPDX-License-Identifier: MIT
// Nearness: the order of numbers by their distance from a centre.
#pragma once

#include <logitkit/math/order.hpp>

namespace logitkit::inline LOGITKIT_ABI::math {

/// A centre as `nearness` takes it: the nearest S, but a small number for what is close to 0, so
/// that differences from it are 0 or normal numbers and it does not matter whether the processor
/// flushes denormals to zero.
template <std::floating_point S>
[[nodiscard]] constexpr S centre_of(double number) noexcept {
  constexpr double kSmallest = sizeof(S) == 4 ? 0x1p-100 : 0x1p-960;
  return narrow<S>(number > -kSmallest && number < kSmallest ? kSmallest : number);
}

/// Minus the distance of v from a centre, rounded to S: the greater, the nearer. The centre as
/// above.
template <std::floating_point S>
[[nodiscard]] constexpr S nearness(S v, S centre) noexcept {
  using Bits = std::make_unsigned_t<OrderKey<S>>;
  constexpr Bits kSign = ~(static_cast<Bits>(~Bits{0}) >> 1);
  return std::bit_cast<S>(std::bit_cast<Bits>(v - centre) | kSign);
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
