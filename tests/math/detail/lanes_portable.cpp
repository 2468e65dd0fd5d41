// SPDX-License-Identifier: MIT
// The portable kernels against loops that are too simple to be wrong.
#include <logitkit/math/detail/lanes_portable.hpp>

#include "support/kernel_trial.hpp"

#include <algorithm>
#include <cmath>

namespace math = logitkit::math;

TEST_CASE("a fused multiply-add without one is rounded once", "[kernels]") {
  reference::Bits bits(11);
  std::size_t different = 0;
  for (int i = 0; i < 300000; ++i) {
    const auto number = [&](int least, int most) {
      const auto mantissa = static_cast<float>(bits.below(1u << 24)) * 0x1p-23f - 1;
      const auto spread = static_cast<std::size_t>(most - least);
      return std::ldexp(mantissa, least + static_cast<int>(bits.below(spread)));
    };
    const float a = number(-20, 20), b = number(-20, 20);
    // Sums of which the last bits decide: c near -ab, or so small that ab is nearly a tie.
    const float c = i % 3 == 0 ? number(-40, 40) : i % 3 == 1 ? -a * b : number(-60, -20);
    different += math::portable::fused(a, b, c) != std::fma(a, b, c);
  }
  CHECK(different == 0);
  const float tie = 1 + 0x1p-12f;  // its square, 1 + 2^-11 + 2^-24, lies halfway between floats
  for (const float c : {0x1p-60f, -0x1p-60f, 0.0f}) {
    CHECK(math::portable::fused(tie, tie, c) == std::fma(tie, tie, c));
  }
}

TEST_CASE("a tile's maximum and mass are those of its numbers", "[kernels]") {
  const math::Kernels& kernels = math::portable::table();
  for (std::size_t kind = 0; kind < test::kKernelRowKinds; ++kind) {
    CAPTURE(kind);
    const auto row = test::kernel_row<float>(200, kind, kind);
    std::vector<std::int32_t> maxima(4);
    REQUIRE(kernels.of_float.scan(row.data(), row.size(), nullptr, maxima.data()));
    const float best = *std::max_element(row.begin(), row.end());
    const math::Weighing weighing(best, 1);
    std::vector<std::uint64_t> weights(215);
    std::vector<std::int32_t> keys(215);
    std::vector<math::Entry<float>> entries;
    for (const float x : row) entries.push_back({0, x});
    kernels.weights(entries.data(), entries.size(), weighing, keys.data(), weights.data());
    for (std::size_t tile = 0; tile < 4; ++tile) {
      std::int32_t largest = math::order_key(-std::numeric_limits<float>::infinity());
      math::Mass mass;
      const std::size_t begin = 64 * tile, end = std::min<std::size_t>(200, begin + 64);
      for (std::size_t i = begin; i < end; ++i) {
        CHECK(keys[i] == math::order_key(row[i]));
        largest = std::max(largest, keys[i]);
        mass += weights[i];
      }
      CHECK(maxima[tile] == largest);
      CHECK(kernels.mass(row.data() + begin, end - begin, weighing) == mass);
    }
  }
}

TEST_CASE("split tells what is above a stretch from what is within", "[kernels]") {
  const math::Kernels& kernels = math::portable::table();
  const auto row = test::kernel_row<float>(700, 3, 9);
  const math::Weighing weighing(8, 1);
  std::vector<math::Entry<float>> list(720), entries;
  math::Parts parts{{}, {}, list.data()};
  kernels.split(row.data(), row.size(), 100, weighing, -2, 3, parts);
  for (const float x : row) entries.push_back({static_cast<int>(entries.size()) + 100, x});
  std::vector<std::uint64_t> weights(715);
  std::vector<std::int32_t> keys(715);
  kernels.weights(entries.data(), entries.size(), weighing, keys.data(), weights.data());
  math::Mass all, above;
  std::vector<math::Entry<float>> within;
  for (std::size_t i = 0; i < row.size(); ++i) {
    all += weights[i];
    if (row[i] > 3) above += weights[i];
    if (row[i] >= -2 && row[i] <= 3) within.push_back(entries[i]);
  }
  CHECK(parts.all == all);
  CHECK(parts.above == above);
  list.resize(static_cast<std::size_t>(parts.between - list.data()));
  CHECK(test::same_entries(list, within));
}

TEST_CASE("mark has a bit for each number that reaches a bound and is allowed", "[kernels]") {
  const math::Kernels& kernels = math::portable::table();
  for (const std::size_t kind : {0u, 1u, 2u, 3u}) {
    const auto row = test::kernel_row<float>(200, kind, 9);
    const std::vector<std::uint64_t> mask{~std::uint64_t{0}, 0x0f0f5555, 0, 0xff};
    for (const std::uint64_t* allowed : {static_cast<const std::uint64_t*>(nullptr), mask.data()}) {
      for (const float bound : {-std::numeric_limits<float>::infinity(), -1.0f, 0.0f, 2.5f}) {
        std::uint64_t marks[4];
        const std::size_t count =
            kernels.of_float.mark(row.data(), row.size(), allowed, math::order_key(bound), marks);
        std::size_t expected = 0;
        for (std::size_t i = 0; i < 256; ++i) {
          const bool stays = i < row.size() && row[i] >= bound && std::isfinite(row[i]) &&
                             (allowed == nullptr || (mask[i / 64] >> (i % 64) & 1) != 0);
          expected += stays;
          if (stays != ((marks[i / 64] >> (i % 64) & 1) != 0)) FAIL_CHECK(kind << " " << i);
        }
        CHECK(count == expected);
      }
    }
  }
}

TEST_CASE("find_at_least and group_maxima lose nothing", "[kernels]") {
  const math::Kernels& kernels = math::portable::table();
  for (const std::size_t size : {1u, 15u, 16u, 17u, 255u, 256u, 257u, 1000u}) {
    std::vector<std::int32_t> keys(size);
    reference::Bits bits(size);
    for (auto& key : keys) key = static_cast<std::int32_t>(bits.below(100)) - 50;
    for (const std::int32_t bound : {3, 49}) {  // which half of them reach, or one in a hundred
      std::vector<std::uint32_t> found(size + 16), expected;
      found.resize(kernels.find_at_least(keys.data(), size, bound, size, found.data()));
      for (std::uint32_t i = 0; i < size; ++i) {
        if (keys[i] >= bound) expected.push_back(i);
      }
      CHECK(found == expected);
      const std::size_t enough = expected.size() / 3;
      found.resize(size + 16);
      found.resize(kernels.find_at_least(keys.data(), size, bound, enough, found.data()));
      CHECK((found.size() >= enough && found.size() < enough + 16 + (size % 16)));
      CHECK(std::equal(found.begin(), found.end(), expected.begin()));
    }

    const std::size_t each = 1 + size % 16;
    std::vector<std::int32_t> maxima(size / each + 32);
    maxima.resize(kernels.group_maxima(keys.data(), size, each, maxima.data()));
    // Each is the key of another group: the k-th largest of them bounds the k-th largest key.
    auto sorted = keys;
    std::sort(sorted.begin(), sorted.end(), std::greater<>{});
    std::sort(maxima.begin(), maxima.end(), std::greater<>{});
    CHECK(maxima[0] == sorted[0]);
    for (std::size_t k = 0; k < maxima.size(); ++k) CHECK(maxima[k] <= sorted[k]);
  }
}

TEST_CASE("a scan that adds up a spread sees NaN, with and without what is banned", "[kernels]") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (const std::size_t size : {1u, 64u, 1024u, 3000u}) {
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      std::vector<float> row(size, 1.0f);
      std::vector<std::int32_t> tiles((size + 63) / 64);
      math::Spread spread{};
      float centre = 1;
      const auto clean = [&] {
        centre = 1 - centre, spread = {};
        return math::portable::table().scan_and_spread(row.data(), size, centre, spread,
                                                       tiles.data());
      };
      row[at] = -kInfinity;
      for (int twice = 0; twice < 2; ++twice) {
        CHECK(clean());
        CHECK(spread.count == size - 1);
      }
      row[size / 3] = kInfinity;
      CHECK((clean() && clean()));
      row[size - 1 - at] = std::numeric_limits<float>::quiet_NaN();
      CHECK_FALSE((clean() || clean()));
      row.assign(size, 1.0f);
      row[at] = std::numeric_limits<float>::quiet_NaN();
      CHECK_FALSE((clean() || clean()));
    }
  }
}

TEST_CASE("spread, squares and distances are sums over what is not banned", "[kernels]") {
  const math::Kernels& kernels = math::portable::table();
  for (const std::size_t size : test::kKernelSizes) {
    for (std::size_t kind = 0; kind < test::kKernelRowKinds; ++kind) {
      CAPTURE(size, kind);
      const auto row = test::kernel_row<float>(size, kind, kind);
      const float best = *std::max_element(row.begin(), row.end());
      const math::Weighing weighing(double(best), 1.25);
      math::Spread spread{}, from_zero{};
      std::vector<std::int32_t> tiles((size + 63) / 64), scanned(tiles.size());
      CHECK(kernels.scan_and_spread(row.data(), size, 0, from_zero, tiles.data()));
      CHECK(kernels.scan_and_spread(row.data(), size, -2, spread, tiles.data()));
      CHECK(kernels.of_float.scan(row.data(), size, nullptr, scanned.data()));
      CHECK(tiles == scanned);
      const auto summed = [&](math::SumKernel kernel, const float* numbers, std::size_t count) {
        math::WeightSums sums;
        std::vector<std::int32_t> keys((count + 63) / 64);
        kernel(numbers, count, weighing.high, false, keys.data(), sums);
        if (count == size) CHECK(keys == scanned);
        return sums;
      };
      const double unit = summed(kernels.sum, &best, 1).weights.total();
      const auto alone = summed(kernels.sum, row.data(), size);
      const auto squares = summed(kernels.squares, row.data(), size);
      const auto distances = summed(kernels.distances, row.data(), size);
      CHECK(alone.largest == best);
      double sum = 0, square = 0, zero_square = 0, weights = 0, squared = 0, moment = 0;
      std::size_t count = 0;
      for (const float x : row) {
        if (!(x > -std::numeric_limits<float>::infinity())) continue;
        const double down = (double(best) - double(x)) * 1.25, weight = std::exp(-down);
        ++count, sum += double(x) + 2, square += (double(x) + 2) * (double(x) + 2);
        zero_square += double(x) * double(x);
        weights += weight, squared += weight * weight, moment += weight * down * math::kLog2E;
      }
      CHECK(spread.count == count);
      CHECK(spread.sums.total() == Catch::Approx(sum).epsilon(1e-5).margin(1e-3));
      CHECK(spread.squares.total() == Catch::Approx(square).epsilon(1e-5));
      CHECK(from_zero.count == count);
      CHECK(from_zero.sums.total() ==
            Catch::Approx(sum - 2 * double(count)).epsilon(1e-5).margin(1e-3));
      CHECK(from_zero.squares.total() == Catch::Approx(zero_square).epsilon(1e-5).margin(1e-30));
      CHECK(alone.weights.total() == Catch::Approx(weights * unit).epsilon(1e-6));
      CHECK(squares.weights.total() == alone.weights.total() * 0x1p40);
      CHECK(squares.seconds.total() * 0x1p-80 ==
            Catch::Approx(squared * unit * unit).epsilon(1e-6));
      CHECK(distances.weights.total() == alone.weights.total());
      CHECK(distances.seconds.total() == Catch::Approx(moment * unit).epsilon(1e-6).margin(1e-6));
    }
  }
}
