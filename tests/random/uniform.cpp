// SPDX-License-Identifier: MIT
// Uniforms: the exact ends of their intervals, every value on its grid, and a flat distribution.
#include <logitkit/random/uniform.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <algorithm>
#include <cmath>

namespace lk = logitkit;

constexpr std::uint64_t kAll = ~std::uint64_t{0};

static_assert(lk::uniform(0) == 0);
static_assert(lk::uniform(0x7ff) == 0);
static_assert(lk::uniform(0x800) == 0x1p-53);
static_assert(lk::uniform(kAll) == 1 - 0x1p-53);
static_assert(lk::uniform(std::uint64_t{1} << 63) == 0.5);

static_assert(lk::open_uniform(0) == 0x1p-53);
static_assert(lk::open_uniform(0xfff) == 0x1p-53);
static_assert(lk::open_uniform(0x1000) == 3 * 0x1p-53);
static_assert(lk::open_uniform(kAll) == 1 - 0x1p-53);
static_assert(lk::open_uniform(std::uint64_t{1} << 63) == 0.5 + 0x1p-53);

TEST_CASE("uniforms are exact multiples of 2^-53 and grow with the bits", "[uniform]") {
  test::Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random.bits() >> random.below(64);
    const double u = lk::uniform(bits), v = lk::open_uniform(bits);
    REQUIRE((u >= 0 && u < 1));
    REQUIRE((v > 0 && v < 1));
    REQUIRE(u * 0x1p53 == static_cast<double>(bits >> 11));
    REQUIRE(v * 0x1p53 == static_cast<double>((bits >> 12) * 2 + 1));
    if (bits < kAll - 4096) {
      REQUIRE(lk::uniform(bits + 2048) - u == 0x1p-53);
      REQUIRE(lk::open_uniform(bits + 4096) - v == 0x1p-52);
    }
  }
}

TEST_CASE("open uniforms are symmetric about one half", "[uniform]") {
  test::Random random(2);
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t bits = random.bits();
    REQUIRE(lk::open_uniform(bits) + lk::open_uniform(~bits) == 1);
  }
}

TEST_CASE("uniforms pass Kolmogorov-Smirnov", "[uniform]") {
  // 100,000 numbers at a false-positive rate of 1e-6 (2 exp(-2 n d^2)); a bias of 1 % is seen.
  constexpr std::size_t kCount = 100000;
  for (const bool open : {false, true}) {
    test::Random random(3);
    std::vector<double> sample(kCount);
    for (double& u : sample)
      u = open ? lk::open_uniform(random.bits()) : lk::uniform(random.bits());
    std::sort(sample.begin(), sample.end());
    double distance = 0;
    for (std::size_t i = 0; i < kCount; ++i) {
      distance = std::max({distance, std::fabs(sample[i] - double(i) / kCount),
                           std::fabs(sample[i] - double(i + 1) / kCount)});
    }
    REQUIRE(distance < std::sqrt(std::log(2 / 1e-6) / (2 * kCount)));
  }
}
