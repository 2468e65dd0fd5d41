// SPDX-License-Identifier: MIT
// Tile maxima: with flushed denormals as without, and NaN found wherever it hides; see KernelTrial.
#include <logitkit/math/tiles.hpp>

#include "support/catch.hpp"
#include "support/flush_to_zero.hpp"
#include "support/rows.hpp"

#include <bit>
#include <utility>

namespace math = logitkit::math;

namespace {

template <class S>
struct Maxima {
  bool numbers;
  std::vector<math::OrderKey<S>> tiles;
};

/// Runs the kernel over memory with a guard behind it.
template <class S>
Maxima<S> maxima_of(const std::vector<S>& row, const std::uint64_t* allowed = nullptr) {
  constexpr math::OrderKey<S> kGuard = 0x5a5a5a5a;
  const std::size_t count = math::tile_count(row.size());
  Maxima<S> result{false, std::vector<math::OrderKey<S>>(count + 1, kGuard)};
  result.numbers = math::scan(row.data(), row.size(), allowed, result.tiles.data());
  REQUIRE(result.tiles.back() == kGuard);
  result.tiles.pop_back();
  return result;
}

}  // namespace

static_assert(math::tile_count(0) == 0 && math::tile_count(1) == 1 && math::tile_count(64) == 1);
static_assert(math::tile_count(65) == 2 && math::tile_count(128256) == 2004);
static_assert(math::kBannedKey<float> < math::order_key(std::numeric_limits<float>::lowest()));
static_assert(math::kBannedKey<double> < math::order_key(std::numeric_limits<double>::lowest()));

TEMPLATE_TEST_CASE("tile maxima do not notice flush-to-zero", "[tiles]", float, double) {
  for (const auto& [name, row] : test::named_rows<TestType>(65)) {
    CAPTURE(name);
    const std::uint64_t mask[] = {0xf0f0f0f0f0f0f0f1, 1};
    for (const std::uint64_t* allowed : {static_cast<const std::uint64_t*>(nullptr), mask}) {
      const auto before = maxima_of(row, allowed).tiles;
      const test::FlushToZero flush;
      REQUIRE(maxima_of(row, allowed).tiles == before);
    }
  }
}

TEMPLATE_TEST_CASE("a NaN of either sign is found in every place", "[tiles]", float, double) {
  using S = TestType;
  using Bits = std::make_unsigned_t<math::OrderKey<S>>;
  const Bits infinity = std::bit_cast<Bits>(std::numeric_limits<S>::infinity());
  const Bits sign = Bits{1} << (sizeof(S) * 8 - 1);
  const S nans[] = {std::numeric_limits<S>::quiet_NaN(), -std::numeric_limits<S>::quiet_NaN(),
                    std::bit_cast<S>(infinity + 1),      std::bit_cast<S>((infinity + 1) | sign),
                    std::bit_cast<S>(~Bits{0}),          std::bit_cast<S>(~Bits{0} ^ sign)};
  for (const std::size_t size : test::kSizes) {
    auto row = test::gauss_row<S>(size, 2, 1);
    for (std::size_t i = 0; i < size; ++i) {
      const S before = row[i];
      for (const S nan : nans) {
        row[i] = nan;
        if (maxima_of(row).numbers) FAIL("size " << size << ", place " << i);
      }
      row[i] = before;
    }
    REQUIRE(maxima_of(row).numbers);
  }
}

TEMPLATE_TEST_CASE("rows of 16 bits: every number is the largest of its tile, every NaN is found",
                   "[tiles]", Eigen::half, Eigen::bfloat16) {
  using Scalar = TestType;
  const auto number = [](std::uint32_t bits) {
    return std::bit_cast<Scalar>(static_cast<std::uint16_t>(bits));
  };
  std::vector<Scalar> row(1024 + 70, Scalar(-std::numeric_limits<float>::infinity()));
  std::vector<std::int32_t> tiles(math::tile_count(row.size()));
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const std::size_t at = bits * 7919 % row.size();
    const float value = static_cast<float>(number(bits));
    const Scalar before = std::exchange(row[at], number(bits));
    const bool numbers = math::scan(row.data(), row.size(), nullptr, tiles.data());
    if (numbers == math::is_nan(value)) FAIL("NaN " << bits);
    if (numbers && tiles[at / 64] != math::order_key(value)) FAIL("bits " << bits);
    row[at] = before;
  }
}

TEMPLATE_TEST_CASE("a row of nothing has no tiles and no NaN", "[tiles]", float, double) {
  const auto got = maxima_of(std::vector<TestType>{});
  REQUIRE(got.numbers);
  REQUIRE(got.tiles.empty());
}

TEST_CASE("likely_tiles: at most k, about as many as chance would have them", "[tiles]") {
  for (const std::size_t count : {1u, 16u, 500u, 2004u, 16384u}) {
    std::size_t before = 0;
    for (std::size_t k = 1; k <= 2 * count; ++k) {
      const std::size_t tiles = math::likely_tiles(k, count);
      REQUIRE(tiles >= 1);
      REQUIRE(tiles <= k);
      REQUIRE(tiles >= before);
      before = tiles;
    }
  }
  CHECK(math::likely_tiles(40, 2004) == 40);
  CHECK(math::likely_tiles(1000, 2004) < 900);
  CHECK(math::likely_tiles(8000, 2004) == 8000);
  CHECK(math::likely_tiles(1000, 500) > 448);  // in rows of which half is banned, 448 may be few
}
