// SPDX-License-Identifier: MIT
// The logarithm of a row's sum of exponentials, for a row that nobody chooses from.
#pragma once

#include <logitkit/math/exponential.hpp>
#include <logitkit/math/tiles.hpp>

#include <utility>

namespace logitkit::inline LOGITKIT_ABI::math {

/// ln of the sum of exp(x): -inf for a row that is empty or all -inf, +inf with +inf in it, NaN
/// with NaN in it. In blocks, each read twice in a row and weighed against the largest number so
/// far: the row comes from memory once, and there is no other memory. Within 1.5e-7, for double
/// rows within 1e-13; the same bits on every machine.
///
/// Candidates::log_sum_exp is quicker and, of float rows, within 2e-6; but it works in a workspace,
/// which a processor with a second row finds in use by the first.
template <class Scalar>
[[nodiscard]] double log_sum_exp(const Scalar* row, std::size_t size) {
  using S = std::conditional_t<std::same_as<Scalar, double>, double, float>;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double best = -kInfinity, sum = 0;  // the sum of exp(x - best)
  for (std::size_t begin = 0; begin < size; begin += kBlockNumbers) {
    const std::size_t count = std::min(kBlockNumbers, size - begin);
    OrderKey<S> tiles[kBlockTiles];
    if (!scan(row + begin, count, nullptr, tiles)) return std::numeric_limits<double>::quiet_NaN();
    const auto largest = from_order_key<S>(*std::max_element(tiles, tiles + tile_count(count)));
    const double last_best = std::exchange(best, std::max(best, widen(largest)));
    if (best == -kInfinity || best == kInfinity) continue;

    double part = 0;
    if constexpr (std::same_as<S, float>) {
      float floats[kBlockNumbers];
      kernels().rows<Scalar>().widen(row + begin, count, nullptr, floats);
      if (Weighing::fits(best, 1)) {
        const Weighing weighing(best, 1);
        const float one = static_cast<float>(best);
        part = kernels().mass(floats, count, weighing).to_double() /
               kernels().mass(&one, 1, weighing).to_double();
      } else {
        for (std::size_t i = 0; i < count; ++i) part += exp(widen(floats[i]) - best);
      }
    } else {
      for (std::size_t i = 0; i < count; ++i) part += exp(row[begin + i] - best);
    }
    sum = std::fma(sum, exp(last_best - best), part);
  }
  return best == kInfinity ? best : best + log(sum);
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
