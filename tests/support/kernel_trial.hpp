// SPDX-License-Identifier: MIT
// One instruction set's kernels against the portable ones: the same bits for every row.
#pragma once

#include "reference/inputs.hpp"
#include "support/catch.hpp"

#include <logitkit/math/detail/lanes_portable.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
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
    if constexpr (sizeof(Scalar) == 8) {
      if (kind == 2) row[i] *= 1e-270;
      if (kind == 0) row[i] += std::ldexp(row[i], -30);  // more digits than a float has
    }
  }
  return row;
}
inline constexpr std::size_t kKernelRowKinds = 6;

/// What numbers of a row are compared as.
template <class Scalar>
using Score = std::conditional_t<std::same_as<Scalar, double>, double, float>;

/// A mask of so many tiles: some of them allowed in part, one not at all, one wholly.
inline std::vector<std::uint64_t> kernel_mask(std::size_t tiles, std::size_t kind) {
  reference::Bits bits(tiles + kind);
  std::vector<std::uint64_t> mask(tiles);
  for (auto& word : mask) word = bits.below(1u << 30) * std::uint64_t{0x9e3779b97f4a7c15};
  mask[tiles / 2] = 0;
  mask[tiles - 1] = ~std::uint64_t{0};
  return mask;
}

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
      std::vector<math::OrderKey<Score<Scalar>>> maxima(tiles + 1, 77);  // 77: a guard
      auto slow_maxima = maxima;
      REQUIRE(ours.scan(row.data(), size, nullptr, maxima.data()));
      REQUIRE(slow.scan(row.data(), size, nullptr, slow_maxima.data()));
      REQUIRE(maxima == slow_maxima);
      const auto unmasked = maxima;
      const auto mask = kernel_mask(tiles, kind);
      REQUIRE(ours.scan(row.data(), size, mask.data(), maxima.data()));
      REQUIRE(slow.scan(row.data(), size, mask.data(), slow_maxima.data()));
      REQUIRE(maxima == slow_maxima);

      if constexpr (!std::same_as<Scalar, double>) {
        std::vector<math::OrderKey<float>> keys(tiles + 1, 77);
        std::vector<float> sums(tiles + 1, 77), slow_sums = sums;
        // In units of a value 17 octaves below the best; where that is infinite, only the keys
        // count.
        const auto best = double(static_cast<float>(*std::max_element(row.begin(), row.end())));
        const bool fits = math::Weighing::fits(best, 0.3);
        const math::Weighing weighing(fits ? best - 40 : 0, 0.3);
        const double total =
            ours.scan_and_sum(row.data(), size, weighing, keys.data(), sums.data());
        REQUIRE(keys == unmasked);
        const double slow_total =
            slow.scan_and_sum(row.data(), size, weighing, keys.data(), slow_sums.data());
        REQUIRE(keys == unmasked);
        REQUIRE(sums.back() == 77);
        double sum = 0;
        for (std::size_t t = 0; t < tiles && fits; ++t) {
          const double slow_sum = double(slow_sums[t]);
          REQUIRE(std::abs(double(sums[t]) - slow_sum) <= 1e-5 * slow_sum + 0x1p-80);
          sum += double(sums[t]);
        }
        if (fits) {
          REQUIRE(std::abs(total - sum) <= 1e-14 * sum);
          REQUIRE(std::abs(slow_total - sum) <= 1e-5 * sum + 0x1p-80);
        }

        std::vector<float> floats(size + 1, 77), slow_floats = floats;
        for (const std::uint64_t* allowed :
             {static_cast<const std::uint64_t*>(nullptr), mask.data()}) {
          ours.widen(row.data(), size, allowed, floats.data());
          slow.widen(row.data(), size, allowed, slow_floats.data());
          REQUIRE(same_bits(floats, slow_floats));
        }
      } else {
        std::vector<std::int32_t> tops(tiles), slow_tops = tops;
        ours.key_tops(maxima.data(), tiles, tops.data());
        slow.key_tops(maxima.data(), tiles, slow_tops.data());
        for (std::size_t t = 0; t < tiles; ++t) REQUIRE(tops[t] == math::top_of(maxima[t]));
        REQUIRE(tops == slow_tops);
      }

      auto bad = row;  // one NaN, anywhere, of either sign
      const std::size_t at = (size * 7919) % size;
      for (const float nan :
           {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN()}) {
        bad[at] = static_cast<Scalar>(nan);
        REQUIRE_FALSE(ours.scan(bad.data(), size, nullptr, maxima.data()));
        REQUIRE_FALSE(ours.scan(bad.data(), size, mask.data(), maxima.data()));
        if constexpr (!std::same_as<Scalar, double>) {
          std::vector<float> sums(tiles);
          REQUIRE(math::is_nan(ours.scan_and_sum(bad.data(), size, math::Weighing(0, 1),
                                                 maxima.data(), sums.data())));
        }
      }
    }
  }
}

template <class S>
bool same_entries(const std::vector<math::Entry<S>>& a, const std::vector<math::Entry<S>>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.token == y.token && math::order_key(x.value) == math::order_key(y.value);
  });
}

inline const std::size_t kKernelSizes[] = {1, 15, 16, 63, 64, 65, 1023, 1024, 1025, 3000};

/// The functions that weigh, over the same rows.
inline void require_same_weights(const math::Kernels& ours, const math::Kernels& slow) {
  for (const std::size_t size : kKernelSizes) {
    for (std::size_t kind = 0; kind < kKernelRowKinds; ++kind) {
      const auto row = kernel_row<float>(size, kind, size + kind);
      const std::size_t tiles = (size + 63) / 64;
      const double best = double(*std::max_element(row.begin(), row.end()));
      for (const double scale : {1.0, 1.25, 0.3, 17.0}) {
        CAPTURE(size, kind, scale);
        if (!math::Weighing::fits(best, scale)) continue;
        const math::Weighing weighing(best, scale);
        REQUIRE(ours.mass(row.data(), size, weighing) == slow.mass(row.data(), size, weighing));

        std::vector<float> quick(tiles + 1, 77), slow_quick = quick;  // alike, not the same
        ours.of_float.quick_sums(row.data(), size, nullptr, weighing, quick.data());
        slow.of_float.quick_sums(row.data(), size, nullptr, weighing, slow_quick.data());
        REQUIRE(quick.back() == 77);
        for (std::size_t t = 0; t < tiles; ++t) {
          REQUIRE(std::abs(double(quick[t]) - double(slow_quick[t])) <=
                  1e-5 * double(slow_quick[t]) + 0x1p-80);
        }
        const float high = static_cast<float>(best - 1 / scale);
        for (const float low : {high, static_cast<float>(best - 3 / scale), -1e30f}) {
          std::vector<math::Entry<float>> list(size + 17), slow_list(size + 17);
          math::Parts parts{{1, 2}, {3, 4}, list.data()}, other{{1, 2}, {3, 4}, slow_list.data()};
          ours.split(row.data(), size, 5, weighing, low, high, parts);
          slow.split(row.data(), size, 5, weighing, low, high, other);
          REQUIRE(parts.all == other.all);
          REQUIRE(parts.above == other.above);
          list.resize(static_cast<std::size_t>(parts.between - list.data()));
          slow_list.resize(static_cast<std::size_t>(other.between - slow_list.data()));
          REQUIRE(same_entries(list, slow_list));
        }
        for (const float centre : {0.0f, high, static_cast<float>(best)}) {
          std::vector<math::Entry<float>> list(size + 17), slow_list(size + 17);
          math::Parts parts{{}, {}, list.data()}, other{{}, {}, slow_list.data()};
          const float far = static_cast<float>(-3 / scale), near = far / 2;
          ours.split_near(row.data(), size, 5, weighing, centre, far, near, parts);
          slow.split_near(row.data(), size, 5, weighing, centre, far, near, other);
          REQUIRE(parts.all == other.all);
          REQUIRE(parts.above == other.above);
          list.resize(static_cast<std::size_t>(parts.between - list.data()));
          slow_list.resize(static_cast<std::size_t>(other.between - slow_list.data()));
          REQUIRE(same_entries(list, slow_list));
        }
        float thresholds[8], above[8], slow_above[8];
        for (int t = 0; t < 8; ++t) thresholds[t] = static_cast<float>(best - t / scale);
        ours.sums_above(row.data(), size / 16 * 16, weighing, thresholds, above);
        slow.sums_above(row.data(), size / 16 * 16, weighing, thresholds, slow_above);
        for (int t = 0; t < 8; ++t) {
          REQUIRE(std::abs(double(above[t]) - double(slow_above[t])) <= 1e-4 * double(above[t]));
        }
        for (int t = 0; t < 8; ++t) thresholds[t] = static_cast<float>(-t / scale);
        ours.sums_near(row.data(), size / 16 * 16, weighing, high, thresholds, above);
        slow.sums_near(row.data(), size / 16 * 16, weighing, high, thresholds, slow_above);
        for (int t = 0; t < 8; ++t) {
          REQUIRE(std::abs(double(above[t]) - double(slow_above[t])) <= 1e-4 * double(above[t]));
        }
      }
    }
  }
}

inline bool same_bits(std::span<const double> a, std::span<const double> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
  });
}

/// The functions behind facts, over the same rows.
inline void require_same_facts(const math::Kernels& ours, const math::Kernels& slow) {
  for (const std::size_t size : kKernelSizes) {
    for (std::size_t kind = 0; kind < kKernelRowKinds; ++kind) {
      const auto row = kernel_row<float>(size, kind, size + kind);
      const float best = *std::max_element(row.begin(), row.end());
      for (const float centre : {0x1p-20f, -3.5f, 1e6f}) {
        CAPTURE(size, kind, centre);
        math::Spread a{}, b{};
        for (const std::size_t begin : {std::size_t(0), std::min(size, std::size_t(1024))}) {
          std::vector<std::int32_t> tiles((size + 63) / 64), slow_tiles = tiles;
          const auto part = std::span(row).subspan(begin);
          REQUIRE(ours.scan_and_spread(part.data(), part.size(), centre, a, tiles.data()));
          REQUIRE(slow.scan_and_spread(part.data(), part.size(), centre, b, slow_tiles.data()));
          REQUIRE(tiles == slow_tiles);
        }
        REQUIRE(a.count == b.count);
        REQUIRE(same_bits(a.sums.lanes, b.sums.lanes));
        REQUIRE(same_bits(a.squares.lanes, b.squares.lanes));
      }
      for (const double scale : {1.0, 1 / 0.7, 17.0}) {
        CAPTURE(size, kind, scale);
        if (!math::Weighing::fits(double(best), scale)) continue;
        const math::Weighing weighing(double(best), scale);
        const auto require_same = [&](math::SumKernel a, math::SumKernel b) {
          math::WeightSums sums, slow_sums, known;
          std::vector<std::int32_t> tiles((size + 63) / 64), slow_tiles = tiles;
          for (const std::size_t begin : {std::size_t(0), std::min(size, std::size_t(1024))}) {
            const float* const part = row.data() + begin;
            a(part, size - begin, weighing.high, false, tiles.data(), sums);
            b(part, size - begin, weighing.high, false, slow_tiles.data(), slow_sums);
            REQUIRE(tiles == slow_tiles);
            a(part, size - begin, weighing.high, true, tiles.data(), known);
            REQUIRE(tiles == slow_tiles);
          }
          for (const math::WeightSums& each : {sums, known}) {
            REQUIRE(each.largest == slow_sums.largest);
            REQUIRE(same_bits(each.weights.lanes, slow_sums.weights.lanes));
            REQUIRE(same_bits(each.seconds.lanes, slow_sums.seconds.lanes));
          }
        };
        require_same(ours.sum, slow.sum);
        require_same(ours.squares, slow.squares);
        require_same(ours.distances, slow.distances);
      }
    }
  }
}

/// The functions that collect from tiles, in rows of one scalar.
template <class Scalar>
void require_same_tiles(const math::RowKernels<Scalar>& ours,
                        const math::RowKernels<Scalar>& slow) {
  for (const std::size_t size : kKernelSizes) {
    for (std::size_t kind = 0; kind < kKernelRowKinds; ++kind) {
      const auto row = kernel_row<Scalar>(size, kind, size + kind);
      std::vector<std::uint32_t> tiles;
      for (std::uint32_t t = 0; t < (size + 63) / 64; ++t) {
        if (t % 3 != 1) tiles.push_back(t);
      }
      using S = Score<Scalar>;
      const S first = static_cast<S>(row[0]), tiny = std::numeric_limits<S>::denorm_min() * 9;
      for (const S bound : {first, S(0), S(-0.0), tiny, -tiny, S(5), S(-3), S(-1e30)}) {
        CAPTURE(size, kind, bound);
        std::vector<math::Entry<S>> list(size + 80), slow_list(size + 80);
        const auto key = math::order_key(bound);
        const auto mask = kernel_mask((size + 63) / 64, kind);
        const auto* allowed = bound == -3 ? mask.data() : nullptr;
        const std::size_t n = tiles.size();
        list.resize(ours.collect(row.data(), size, allowed, tiles.data(), n, key, list.data()));
        slow_list.resize(
            slow.collect(row.data(), size, allowed, tiles.data(), n, key, slow_list.data()));
        REQUIRE(same_entries(list, slow_list));
        REQUIRE(ours.collect(row.data(), size, allowed, nullptr, 0, key, list.data()) == 0);
        if constexpr (requires { ours.mark; }) {
          std::vector<std::uint64_t> marks((size + 63) / 64), slow_marks(marks.size());
          const std::size_t count = ours.mark(row.data(), size, allowed, key, marks.data());
          REQUIRE(count == slow.mark(row.data(), size, allowed, key, slow_marks.data()));
          REQUIRE(marks == slow_marks);
        }
      }
    }
  }
}

/// quick_sums of rows of one scalar, and of doubles fine_sums, with a mask: alike, not the same.
template <class Scalar>
void require_like_sums(const math::RowKernels<Scalar>& ours, const math::RowKernels<Scalar>& slow) {
  for (const std::size_t size : kKernelSizes) {
    for (std::size_t kind = 0; kind < kKernelRowKinds; ++kind) {
      CAPTURE(size, kind);
      const auto row = kernel_row<Scalar>(size, kind, size + kind);
      const std::size_t tiles = (size + 63) / 64;
      const auto mask = kernel_mask(tiles, kind);
      std::vector<float> sums(tiles + 1, 77), slow_sums = sums;  // 77: a guard
      const double best = static_cast<double>(*std::max_element(row.begin(), row.end()));
      if (!math::Weighing::fits(best, 1.25)) continue;
      if constexpr (std::same_as<Scalar, double>) {
        const math::Weighing weighing(0, 1.25);
        ours.quick_sums(row.data(), size, mask.data(), best, weighing, sums.data());
        slow.quick_sums(row.data(), size, mask.data(), best, weighing, slow_sums.data());
        std::vector<double> fine(tiles + 1, 77), slow_fine = fine;
        ours.fine_sums(row.data(), size, mask.data(), best, 1.25, fine.data());
        slow.fine_sums(row.data(), size, mask.data(), best, 1.25, slow_fine.data());
        REQUIRE(fine.back() == 77);
        for (std::size_t t = 0; t < tiles; ++t) {
          REQUIRE(std::abs(fine[t] - slow_fine[t]) <= 0x1p-48 * slow_fine[t]);
        }
      } else {
        const math::Weighing weighing(best, 1.25);
        ours.quick_sums(row.data(), size, mask.data(), weighing, sums.data());
        slow.quick_sums(row.data(), size, mask.data(), weighing, slow_sums.data());
      }
      REQUIRE(sums.back() == 77);
      if (tiles > 2) REQUIRE(sums[tiles / 2] <= 0x1p-90f);  // all banned by the mask
      for (std::size_t t = 0; t < tiles; ++t) {
        const double slow_sum = double(slow_sums[t]);
        REQUIRE(std::abs(double(sums[t]) - slow_sum) <= 1e-5 * slow_sum + 0x1p-80);
      }
    }
  }
}

/// The functions over lists of entries and keys.
inline void require_same_lists(const math::Kernels& ours, const math::Kernels& slow) {
  for (const std::size_t size : {1u, 16u, 17u, 300u, 2004u}) {
    for (std::size_t kind = 0; kind < kKernelRowKinds; ++kind) {
      CAPTURE(size, kind);
      const auto row = kernel_row<float>(size, kind, size);
      std::vector<math::Entry<float>> entries;
      for (const float x : row) entries.push_back({static_cast<int>(entries.size()), x});
      const double best = double(*std::max_element(row.begin(), row.end()));
      const math::Weighing weighing(best, 1.25);
      std::vector<std::uint64_t> weights(size + 15), slow_weights(size + 15);
      std::vector<std::int32_t> keys(size + 15), slow_keys(size + 15), alone(size + 15);
      std::vector<std::int32_t> near_keys(size + 15);
      ours.weights(entries.data(), size, weighing, keys.data(), weights.data());
      slow.weights(entries.data(), size, weighing, slow_keys.data(), slow_weights.data());
      ours.keys(entries.data(), size, alone.data());
      for (auto* list : {&weights, &slow_weights}) list->resize(size);
      for (auto* list : {&keys, &slow_keys, &alone}) list->resize(size);
      REQUIRE(weights == slow_weights);
      REQUIRE(keys == slow_keys);
      REQUIRE(keys == alone);
      REQUIRE(ours.least(keys.data(), size) == *std::min_element(keys.begin(), keys.end()));

      for (const auto bound : {keys[0], keys[size / 2], math::order_key(-9.0f), 0, 1, -1}) {
        std::vector<std::uint32_t> found(size + 16), slow_found(size + 16);
        found.resize(ours.find_at_least(keys.data(), size, bound, size, found.data()));
        slow_found.resize(slow.find_at_least(keys.data(), size, bound, size, slow_found.data()));
        REQUIRE(found == slow_found);
        REQUIRE(ours.count_at_least(keys.data(), size, bound) == found.size());
        math::Mass mass;
        for (const auto i : found) mass += weights[i];
        REQUIRE(ours.mass_at_least(keys.data(), weights.data(), size, bound) == mass);

        std::vector<math::Entry<float>> list(size + 16), expected;
        for (const auto i : found) expected.push_back(entries[i]);
        list.resize(ours.keep_at_least(entries.data(), size, bound, list.data()));
        REQUIRE(same_entries(list, expected));
        list = entries;
        list.resize(size + 16);
        list.resize(ours.keep_at_least(list.data(), size, bound, list.data()));  // in its place
        REQUIRE(same_entries(list, expected));

        auto some_keys = keys;
        auto some_weights = weights;
        some_keys.resize(size + 16), some_weights.resize(size + 16);
        auto keys_alone = some_keys;
        const std::size_t without_weights =
            ours.keep_between(keys_alone.data(), nullptr, size, bound, bound + 1000000);
        const std::size_t n =
            ours.keep_between(some_keys.data(), some_weights.data(), size, bound, bound + 1000000);
        std::size_t place = 0;
        for (std::size_t i = 0; i < size; ++i) {
          if (keys[i] < bound || keys[i] > bound + 1000000) continue;
          REQUIRE(some_keys[place] == keys[i]);
          REQUIRE(some_weights[place++] == weights[i]);
        }
        REQUIRE(place == n);
        REQUIRE(without_weights == n);
        REQUIRE(std::equal(some_keys.begin(), some_keys.begin() + std::ptrdiff_t(n),
                           keys_alone.begin()));
      }
      for (const float centre : {0.0f, row[0], -1.5f, 1e6f}) {
        if (math::centre_of<float>(double(centre)) != centre || std::isinf(centre)) continue;
        ours.keys_near(entries.data(), size, centre, near_keys.data());
        for (std::size_t i = 0; i < size; ++i) {
          REQUIRE(near_keys[i] == math::order_key(math::nearness(row[i], centre)));
        }
        const std::int32_t low = near_keys[size / 2], high = std::max(low, near_keys[0]);
        std::vector<math::Entry<float>> list(size + 16), expected;
        for (std::size_t i = 0; i < size; ++i) {
          if (near_keys[i] >= low && near_keys[i] <= high) expected.push_back(entries[i]);
        }
        list.resize(ours.keep_near(entries.data(), size, centre, low, high, list.data()));
        REQUIRE(same_entries(list, expected));
        list = entries;
        list.resize(size + 16);
        list.resize(ours.keep_near(list.data(), size, centre, low, high, list.data()));
        REQUIRE(same_entries(list, expected));
      }
      std::vector<std::int32_t> maxima(size / 16 + 32), slow_maxima(size / 16 + 32);
      maxima.resize(ours.group_maxima(keys.data(), size, 16, maxima.data()));
      slow_maxima.resize(slow.group_maxima(keys.data(), size, 16, slow_maxima.data()));
      REQUIRE(maxima == slow_maxima);
      const std::int32_t most = *std::max_element(keys.begin(), keys.end());
      REQUIRE(ours.most(keys.data(), size) == most);
      const std::int32_t low = std::numeric_limits<std::int32_t>::min();
      for (const std::size_t k : {std::size_t(1), size / 2 + 1, size}) {
        REQUIRE(ours.rank_bound(keys.data(), size, k, low, most) ==
                slow.rank_bound(keys.data(), size, k, low, most));
      }
      std::vector<std::int32_t> sixteens(size / 16 + 17);
      ours.sixteen_maxima(row.data(), size, sixteens.data());
      for (std::size_t i = 0; i < size; i += 16) {
        const auto end = keys.begin() + static_cast<std::ptrdiff_t>(std::min(size, i + 16));
        REQUIRE(sixteens[i / 16] ==
                *std::max_element(keys.begin() + static_cast<std::ptrdiff_t>(i), end));
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
  require_same_rows(ours.of_double, slow.of_double);
  require_same_tiles(ours.of_float, slow.of_float);
  require_same_tiles(ours.of_half, slow.of_half);
  require_same_tiles(ours.of_bfloat16, slow.of_bfloat16);
  require_same_tiles(ours.of_double, slow.of_double);
  require_like_sums(ours.of_float, slow.of_float);
  require_like_sums(ours.of_half, slow.of_half);
  require_like_sums(ours.of_bfloat16, slow.of_bfloat16);
  require_like_sums(ours.of_double, slow.of_double);
  require_same_weights(ours, slow);
  require_same_facts(ours, slow);
  require_same_lists(ours, slow);
}

}  // namespace test
