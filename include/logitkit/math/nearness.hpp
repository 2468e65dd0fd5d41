// SPDX-License-Identifier: MIT
// Nearness: the order of numbers by their distance from a centre.
#pragma once

#include <logitkit/math/order.hpp>

namespace logitkit::inline LOGITKIT_ABI::math {

/// A centre as `nearness` takes it: the nearest S, but 0 for what is close to 0. Differences from
/// any other are 0 or normal numbers, and the distance from 0 needs no difference, so that it does
/// not matter whether the processor flushes denormals to zero.
template <std::floating_point S>
[[nodiscard]] constexpr S centre_of(double number) noexcept {
  constexpr double kSmallest = sizeof(S) == 4 ? 0x1p-100 : 0x1p-960;
  return number > -kSmallest && number < kSmallest ? S(0) : narrow<S>(number);
}

/// Minus the distance of v from a centre, rounded to S: the greater, the nearer.
template <std::floating_point S>
[[nodiscard]] constexpr S nearness(S v, S centre) noexcept {
  using Bits = std::make_unsigned_t<OrderKey<S>>;
  constexpr Bits kSign = ~(static_cast<Bits>(~Bits{0}) >> 1);
  return std::bit_cast<S>(std::bit_cast<Bits>(centre == 0 ? v : v - centre) | kSign);
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
