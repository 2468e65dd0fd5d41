// SPDX-License-Identifier: MIT
// Probability mass as integers: exponentials in fixed point, and sums that no order can change.
//
// Where masses decide which token comes next, floating-point sums would make the token depend on
// vector width, thread count and compiler flags. Here exp(-d) is a 64-bit integer computed with
// integer arithmetic only, and sums are 128-bit integers: any order, any split, any machine, the
// same bits. In `weight` the best token counts 2^62, which keeps masses down to 2e-19 of its own;
// candidates count in units of 2^-56 of it (see weighing.hpp), which floats give as well.
#pragma once

#include <logitkit/version.hpp>

#include <array>
#include <compare>
#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI::math {

/// The upper half of a 64 x 64 bit product.
[[nodiscard]] constexpr std::uint64_t multiply_high(std::uint64_t a, std::uint64_t b) noexcept {
#ifdef __SIZEOF_INT128__
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{a} * b) >> 64);
#else
  const std::uint64_t a0 = a & 0xffffffffu, a1 = a >> 32, b0 = b & 0xffffffffu, b1 = b >> 32;
  const std::uint64_t middle = a1 * b0 + ((a0 * b0) >> 32);
  const std::uint64_t cross = a0 * b1 + (middle & 0xffffffffu);
  return a1 * b1 + (middle >> 32) + (cross >> 32);
#endif
}

/// A sum of weights: an unsigned 128-bit integer, in the unit that the weights have.
struct Mass {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  constexpr Mass& operator+=(Mass other) noexcept {
    low += other.low;
    high += other.high + (low < other.low);
    return *this;
  }
  constexpr Mass& operator+=(std::uint64_t weight) noexcept { return *this += Mass{0, weight}; }
  constexpr Mass& operator-=(Mass other) noexcept {
    high -= other.high + (low < other.low);
    low -= other.low;
    return *this;
  }

  friend constexpr auto operator<=>(const Mass&, const Mass&) = default;

  /// In the same unit; the product by 2^64 is exact, so contraction cannot change the sum.
  [[nodiscard]] constexpr double to_double() const noexcept {
    return static_cast<double>(high) * 0x1p64 + static_cast<double>(low);
  }
};

/// floor(mass * u) for u in [0,1), a multiple of 2^-53, exactly. Needs mass < 2^128 / 2^11.
[[nodiscard]] constexpr Mass fraction_of(const Mass& mass, double u) noexcept {
  const auto numerator = static_cast<std::uint64_t>(u * 0x1p53);
  // (high * 2^64 + low) * n / 2^53, where the first product is a whole number: high * n * 2^11.
  const Mass low{multiply_high(mass.low, numerator), mass.low * numerator};
  const Mass high{multiply_high(mass.high, numerator), mass.high * numerator};
  Mass result{(high.high << 11) | (high.low >> 53), high.low << 11};
  result += Mass{low.high >> 53, (low.high << 11) | (low.low >> 53)};
  return result;
}

namespace detail {

/// 1 - exp(-t) in units of 2^-64, for t in the same units: the alternating series, from its end.
constexpr std::uint64_t one_minus_exp(std::uint64_t t, int terms) noexcept {
  constexpr std::uint64_t kMax = ~std::uint64_t{0};
  std::uint64_t tail = 0;  // t/2 - t^2/6 + ... = t * (1/2 - t/6 (1 - ...)), less than 1/2
  for (int k = terms; k >= 2; --k) {
    tail = multiply_high(t, kMax - tail) / static_cast<std::uint64_t>(k);
  }
  return multiply_high(t, kMax - tail);
}

inline constexpr std::uint64_t kLn2 = 0xb17217f7d1cf79acu;  // ln 2, in units of 2^-64

/// 2^(-j/256) in units of 2^-63.
inline constexpr std::array<std::uint64_t, 256> kPowers = [] {
  std::array<std::uint64_t, 256> powers{};
  for (std::uint64_t j = 0; j < 256; ++j) {
    const std::uint64_t t = multiply_high(j << 56, kLn2);
    powers[j] = (std::uint64_t{1} << 63) - (one_minus_exp(t, 24) >> 1);
  }
  return powers;
}();

}  // namespace detail

/// A distance below the best token's score, in octaves (factors of two), as a fixed-point number in
/// units of 2^-57; 63 octaves, from where on the weight is 0, stand for all larger distances.
using Octaves = std::uint64_t;
inline constexpr Octaves kFarthest = Octaves{63} << 57;

/// `distance` >= 0 in octaves. One conversion: no floating-point sum that could be contracted.
[[nodiscard]] constexpr Octaves to_octaves(double distance) noexcept {
  return distance < 63.0 ? static_cast<Octaves>(static_cast<std::int64_t>(distance * 0x1p57))
                         : kFarthest;
}

/// 2^(-octaves) in units of 2^-62: 2^62 at distance 0, 0 at kFarthest.
/// Relative error below 2^-56 before the last rounding; integer arithmetic only.
[[nodiscard]] constexpr std::uint64_t weight(Octaves octaves) noexcept {
  if (octaves >= kFarthest) return 0;
  const std::uint64_t whole = octaves >> 57;
  const std::uint64_t power = detail::kPowers[octaves >> 49 & 255];
  const std::uint64_t rest = (octaves & ((std::uint64_t{1} << 49) - 1)) << 7;  // units of 2^-64
  // 1 - exp(-t) = t - t^2 (1/2 - t (1/6 - t (1/24 - t/120))), t < ln 2 / 256
  const std::uint64_t t = multiply_high(rest, detail::kLn2);
  std::uint64_t series = 0x0aaaaaaaaaaaaaabu - multiply_high(t, 0x0222222222222222u);
  series = 0x2aaaaaaaaaaaaaabu - multiply_high(t, series);
  series = 0x8000000000000000u - multiply_high(t, series);
  const std::uint64_t drop = t - multiply_high(multiply_high(t, t), series);
  const std::uint64_t value = power - multiply_high(power, drop);  // units of 2^-63
  return (value + (std::uint64_t{1} << whole)) >> (whole + 1);
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
