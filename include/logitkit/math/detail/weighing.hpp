// SPDX-License-Identifier: MIT
// Weighing: the exponentials of float scores, in arithmetic that every machine shares.
#pragma once

#include <logitkit/math/exponential.hpp>
#include <logitkit/math/logarithm.hpp>
#include <logitkit/math/order.hpp>

#include <array>
#include <cmath>
#include <span>

namespace logitkit::inline LOGITKIT_ABI::math {

/// How the values of one set of float candidates are weighed, as 32-bit operations that no
/// compiler, flag or vector width can round otherwise: every multiply-add is one fused operation.
///
///   n = round(v * high),  f = v * high - n + v * low,  weight = 2^f * 2^(n - reference)
///
/// where high + low = scale / ln 2. The best value weighs between 1/sqrt(2) and sqrt(2). A weight
/// is exact to a float's last unit or two; what is at `floor` or below, 99 octaves down, weighs
/// nothing. As an integer a weight counts units of 2^-56, so that 64 of them fit 64 bits.
struct Weighing {
  float high, low, floor, reference;
  float drift;  // 2^(best * low), which quick weights leave out

  static constexpr float kMagic = 0x1.8p23f;  // added to a small number, leaves its nearest integer
  static constexpr int kUnit = 56;
  static constexpr float kOne = float(std::uint64_t{1} << kUnit);  // so many units weigh 1

  /// 2^f for |f| <= 1/2, within 6.5e-8 of it, rounding included: a fit with that rounding in mind.
  static constexpr float kPowers[7] = {0x1p+0f,        0x1.62e43p-1f,  0x1.ebfbdcp-3f,
                                       0x1.c6af0ep-5f, 0x1.3b2d12p-7f, 0x1.5f44bap-10f,
                                       0x1.4258d8p-13f};

  /// The same within 1.4e-7.
  static constexpr float kQuickPowers[6] = {0x1p+0f,        0x1.62e42ap-1f, 0x1.ebf9cap-3f,
                                            0x1.c6b6fep-5f, 0x1.3ce4b4p-7f, 0x1.5bc21cp-10f};

  /// 2^f for |f| <= 1/2, within 2^-46 of it: the Taylor series of exp(f ln 2).
  static constexpr std::array<double, 12> kFinePowers = [] {
    std::array<double, 12> terms{1};
    for (std::size_t k = 1; k < 12; ++k) terms[k] = terms[k - 1] * 0x1.62e42fefa39efp-1 / double(k);
    return terms;
  }();

  /// Whether the numbers are such that none of the operations overflows or loses its integer.
  [[nodiscard]] static bool fits(double best, double scale) {
    return scale >= 0x1p-60 && scale <= 0x1p60 && std::abs(best * scale) < 0x1p19;
  }

  /// For scores value * scale of which `best` is the largest value. Needs fits(best, scale).
  Weighing(double best, double scale)
      : high(static_cast<float>(scale * kLog2E)),
        low(static_cast<float>(std::fma(scale, kLog2E, -double(high)))),
        floor(narrow<float>(best - 69 / scale)),
        reference(static_cast<float>(std::nearbyint(best * double(high)))),
        drift(static_cast<float>(small_exp(best * double(low) / kLog2E))) {}

  /// exp(x) to 2^-32 for |x| < 1/32, which is where a drift is.
  [[nodiscard]] static double small_exp(double x) {
    return std::fma(x, std::fma(x / 2, std::fma(x / 3, 1 + x / 4, 1.0), 1.0), 1.0);
  }

  /// How far quick sums of at most `size` weights can be from the exact ones, as a part of `sum`,
  /// what they add up to. A quick weight takes y, the octaves from the best one, which two or three
  /// `roundings` to a float move: of `high`, as the low part is left out; of v * high - reference;
  /// in rows of doubles, of the distance from the best that stands for v, with 0 for the best. In
  /// units of 2^-24 of a weight, each is worth |y| ln 2, the power and its coefficients 4, the
  /// additions 6, what exact weights lack below 2^-56 less than 1. The mean of |y| over the mass is
  /// the entropy in octaves less log2(sum), so at most log2(size / sum). Where quick weights are in
  /// units of another value, so many `octaves` below the best, that moves the second rounding.
  [[nodiscard]] static double slack(double size, double sum, int roundings, int octaves = 0) {
    return 0x1p-24 * (12 + roundings * log(size / sum) + octaves);
  }

  /// How far the best value is above another's, in octaves.
  [[nodiscard]] int octaves_above(const Weighing& other) const {
    return static_cast<int>(reference - other.reference);
  }
  /// What a quick weight in units of another is in these.
  [[nodiscard]] double unit_of(const Weighing& other) const {
    return std::ldexp(double(drift) / double(other.drift), -octaves_above(other));
  }
};

/// Quick sums of tiles and what they add up to, in a unit of their own, which is so many (`unit`)
/// of the reference's.
struct QuickSums {
  std::span<const float> tiles;
  double all, unit = 1;
  double size;  // the length of the row
  int roundings, octaves = 0;

  /// How far the sum of some of the weights can be from the exact one: see Weighing::slack. As many
  /// additions of doubles as there are tiles, twice, are worth 2^-53 of all each.
  [[nodiscard]] double slack(double sum) const {
    const double weights =
        sum > 0 ? sum * Weighing::slack(size, sum * unit, roundings, octaves) : 0;
    return weights + all * 0x1p-53 * (128 + size / 32);
  }
};

/// Sums of tiles in doubles, of the weights that the numbers of double rows have.
struct FineSums {
  static constexpr double unit = 1;
  std::span<const double> tiles;
  double all;
  double size;  // the length of the row

  /// The same. In units of 2^-53, powers are worth 128, their roundings 20, the additions in a tile
  /// 15; each exact weight lacks less than 2^-56.
  [[nodiscard]] double slack(double sum) const {
    return sum * 0x1p-53 * 256 + size / Weighing::kOne + all * 0x1p-53 * (128 + size / 32);
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI::math
