// SPDX-License-Identifier: MIT
// The one total order of scores: an integer key that is greater when the number is greater.
#pragma once

#include <logitkit/version.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace logitkit::inline LOGITKIT_ABI::math {

/// The integer of S's own width that orders like S.
template <std::floating_point S>
using OrderKey = std::conditional_t<sizeof(S) == 4, std::int32_t, std::int64_t>;

/// A number's place in the order -inf < ... < -0 = +0 < ... < +inf, as an integer.
/// Keys compare alike whether or not the processor flushes denormals to zero, which floating-point
/// comparisons do not. NaN has no place in the order: see `is_nan`.
template <std::floating_point S>
[[nodiscard]] constexpr OrderKey<S> order_key(S x) noexcept {
  using Key = OrderKey<S>;
  using Bits = std::make_unsigned_t<Key>;
  constexpr Bits kMagnitude = static_cast<Bits>(~Bits{0}) >> 1;
  const Bits bits = std::bit_cast<Bits>(x);
  const Bits sign = Bits{0} - (bits >> (sizeof(S) * 8 - 1));  // all ones for negative numbers
  // Negative: count down from -1, then move up by one so that -0 falls on +0.
  return static_cast<Key>((bits ^ (sign & kMagnitude)) - sign);
}

/// The number at a place: the inverse of `order_key` (of the two zeros, +0).
template <std::floating_point S>
[[nodiscard]] constexpr S from_order_key(OrderKey<S> key) noexcept {
  using Bits = std::make_unsigned_t<OrderKey<S>>;
  constexpr Bits kMagnitude = static_cast<Bits>(~Bits{0}) >> 1;
  const Bits bits = static_cast<Bits>(key);
  const Bits sign = Bits{0} - (bits >> (sizeof(S) * 8 - 1));
  return std::bit_cast<S>(static_cast<Bits>((bits + sign) ^ (sign & kMagnitude)));
}

/// The key of -inf, which is how a banned token is written, and the next, the lowest of all others.
template <std::floating_point S>
inline constexpr OrderKey<S> kBannedKey = order_key(-std::numeric_limits<S>::infinity());
template <std::floating_point S>
inline constexpr OrderKey<S> kLowestKey = kBannedKey<S> + 1;

/// The upper 32 bits of a key: they order like the keys, as far as they go.
template <class Key>
[[nodiscard]] constexpr std::int32_t top_of(Key key) noexcept {
  return static_cast<std::int32_t>(key >> (sizeof(Key) * 8 - 32));
}

/// The smallest key with this top: a key reaches it iff its top reaches this one.
template <class Key>
[[nodiscard]] constexpr Key least_with_top(std::int32_t top) noexcept {
  return static_cast<Key>(top) * (Key{1} << (sizeof(Key) * 8 - 32));
}

/// A number as a double, exactly, whether or not the processor takes denormals for zero.
template <std::floating_point S>
[[nodiscard]] constexpr double widen(S x) noexcept {
  if constexpr (sizeof(S) == 4) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    if ((bits & 0x7f800000u) == 0) {
      const auto magnitude = static_cast<double>(bits & 0x7fffffffu) * 0x1p-149;
      return bits >> 31 != 0 ? -magnitude : magnitude;
    }
  }
  return static_cast<double>(x);
}

/// The S nearest to a double, a finite one for a finite double: nothing is banned by overflow, and
/// denormals come out whether or not the processor takes them for zero.
template <std::floating_point S>
[[nodiscard]] constexpr S narrow(double x) noexcept {
  const S nearest = static_cast<S>(x);
  if constexpr (sizeof(S) == 4) {
    constexpr double kNormal = 0x1p-126, kInfinity = std::numeric_limits<double>::infinity();
    const auto exponent = std::bit_cast<std::uint32_t>(nearest) & 0x7f800000u;
    if (exponent != 0 && exponent != 0x7f800000u) return nearest;  // asked first: no sign to guess
    if (x > -kNormal && x < kNormal) {
      const double units = x * 0x1p149;  // of 2^-149, which a denormal counts in its bits
      const auto magnitude = static_cast<std::uint32_t>((units < 0 ? -units : units) + 0.5);
      return std::bit_cast<S>(units < 0 ? magnitude | 0x80000000u : magnitude);
    }
    if (x > 0 && x < kInfinity) return std::numeric_limits<S>::max();
    if (x < 0 && x > -kInfinity) return std::numeric_limits<S>::lowest();
  }
  return nearest;
}

/// NaN, told by its bits, so that no compiler flag can reason it away.
template <std::floating_point S>
[[nodiscard]] constexpr bool is_nan(S x) noexcept {
  using Bits = std::make_unsigned_t<OrderKey<S>>;
  constexpr int kDigits = sizeof(S) == 4 ? 23 : 52;
  constexpr Bits kMagnitude = static_cast<Bits>(~Bits{0}) >> 1;
  constexpr Bits kInfinity = (kMagnitude >> kDigits) << kDigits;
  return (std::bit_cast<Bits>(x) & kMagnitude) > kInfinity;
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
