// SPDX-License-Identifier: MIT
// One instruction set's kernels against the portable ones: the same bits for every row.
#pragma once

#include "reference/inputs.hpp"
#include "support/catch.hpp"

#include <logitkit/math/detail/lanes_portable.hpp>

#include <algorithm>
#include <bit>
#include <limits>
#include <string>
#include <vector>

namespace test {

namespace math = logitkit::math;

/// Rows of one scalar that are hard in different ways.
template <class Scalar>
std::vector<Scalar> kernel_row(std::size_t size, std::size_t kind, std::uint64_t seed) {
  reference::Bits bits(seed);
  std::vector<Scalar> row(size);
  for (std::size_t i = 0; i < size; ++i) {
    float x = static_cast<float>(bits.below(1u << 24)) * 0x1p-20f - 8;  // in [-8, 8)
    if (kind == 1 && bits.below(3) == 0) x = -std::numeric_limits<float>::infinity();
    if (kind == 2) x *= 1e-40f;                                  // denormals, and zeros
    if (kind == 3) x = static_cast<float>(static_cast<int>(x));  // ties, and both zeros
    if (kind == 4) x = -100 - x * 1e4f;                          // far apart
    if (kind == 5) x = static_cast<float>(i % 97 == 0) * 30;     // peaks
    row[i] = static_cast<Scalar>(x);
  }
  return row;
}
inline constexpr std::size_t kKernelRowKinds = 6;

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  });
}

template <class Scalar>
void require_same_rows(const math::RowKernels<Scalar>& ours, const math::RowKernels<Scalar>& slow) {
  for (const std::size_t size : {1u, 15u, 16u, 63u, 64u, 65u, 1023u, 1024u, 1025u, 3000u}) {
    for (std::size_t kind = 0; kind < kKernelRowKinds; ++kind) {
      CAPTURE(size, kind);
      const auto row = kernel_row<Scalar>(size, kind, size + kind);
      const std::size_t tiles = (size + 63) / 64;
      std::vector<std::int32_t> maxima(tiles + 1, 77), slow_maxima = maxima;  // 77: a guard
      REQUIRE(ours.scan(row.data(), size, maxima.data()));
      REQUIRE(slow.scan(row.data(), size, slow_maxima.data()));
      REQUIRE(maxima == slow_maxima);

      std::vector<float> floats(size + 1, 77), slow_floats = floats;
      ours.widen(row.data(), size, floats.data());
      slow.widen(row.data(), size, slow_floats.data());
      REQUIRE(same_bits(floats, slow_floats));

      auto bad = row;  // one NaN, anywhere, of either sign
      const std::size_t at = (size * 7919) % size;
      for (const float nan :
           {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN()}) {
        bad[at] = static_cast<Scalar>(nan);
        REQUIRE_FALSE(ours.scan(bad.data(), size, maxima.data()));
      }
    }
  }
}

/// The functions that weigh and collect, over the same rows.
inline void require_same_weights(const math::Kernels& ours, const math::Kernels& slow) {
  for (const std::size_t size : {1u, 15u, 16u, 63u, 64u, 65u, 1023u, 1024u, 1025u, 3000u}) {
    for (std::size_t kind = 0; kind < kKernelRowKinds; ++kind) {
      CAPTURE(size, kind);
      const auto row = kernel_row<float>(size, kind, size + kind);
      const std::size_t tiles = (size + 63) / 64;
      const double best = double(*std::max_element(row.begin(), row.end()));
      for (const double scale : {1.0, 1.25, 0.3, 17.0}) {
        if (!math::Weighing::fits(best, scale)) continue;
        const math::Weighing weighing(best, scale);
        std::vector<float> sums(tiles + 1, 77), slow_sums = sums;
        ours.tile_sums(row.data(), size, weighing, sums.data());
        slow.tile_sums(row.data(), size, weighing, slow_sums.data());
        REQUIRE(same_bits(sums, slow_sums));
        std::vector<std::uint64_t> masses(tiles + 1, 77), slow_masses = masses;
        ours.tile_masses(row.data(), size, weighing, masses.data());
        slow.tile_masses(row.data(), size, weighing, slow_masses.data());
        REQUIRE(masses == slow_masses);
      }
      for (const std::int32_t bound : {math::order_key(row[0]), math::order_key(-3.0f), 0}) {
        std::vector<math::Entry<float>> entries(64), slow_entries(64);
        const std::size_t count = std::min<std::size_t>(size, 64);
        const auto n = ours.collect(row.data(), count, bound, 7, entries.data());
        REQUIRE(n == slow.collect(row.data(), count, bound, 7, slow_entries.data()));
        for (std::size_t i = 0; i < n; ++i) {
          REQUIRE(entries[i].token == slow_entries[i].token);
          REQUIRE(math::order_key(entries[i].score) == math::order_key(slow_entries[i].score));
        }
      }
    }
  }
}

/// All functions of a table against the portable one.
inline void require_same_as_portable(const math::Kernels& ours) {
  const math::Kernels& slow = math::portable::table();
  require_same_rows(ours.of_float, slow.of_float);
  require_same_rows(ours.of_half, slow.of_half);
  require_same_rows(ours.of_bfloat16, slow.of_bfloat16);
  require_same_weights(ours, slow);

  for (const std::size_t size : {1u, 16u, 17u, 300u, 2004u}) {
    const auto row = kernel_row<float>(size, 0, size);
    std::vector<math::Entry<float>> entries;
    std::vector<std::int32_t> keys;
    for (const float x : row) {
      entries.push_back({static_cast<std::int32_t>(entries.size()), x});
      keys.push_back(math::order_key(x));
    }
    const math::Weighing weighing(8, 1.25);
    std::vector<std::uint64_t> weights(size), slow_weights(size);
    ours.weights(entries.data(), size, weighing, weights.data());
    slow.weights(entries.data(), size, weighing, slow_weights.data());
    REQUIRE(weights == slow_weights);

    for (const std::int32_t bound : {keys[0], keys[size / 2], math::order_key(-9.0f)}) {
      std::vector<std::uint32_t> found(size + 16), slow_found(size + 16);
      found.resize(ours.find_at_least(keys.data(), size, bound, found.data()));
      slow_found.resize(slow.find_at_least(keys.data(), size, bound, slow_found.data()));
      REQUIRE(found == slow_found);
    }
    std::vector<std::int32_t> maxima(size / 16 + 32), slow_maxima(size / 16 + 32);
    maxima.resize(ours.group_maxima(keys.data(), size, maxima.data()));
    slow_maxima.resize(slow.group_maxima(keys.data(), size, slow_maxima.data()));
    REQUIRE(maxima == slow_maxima);
  }
}

}  // namespace test
