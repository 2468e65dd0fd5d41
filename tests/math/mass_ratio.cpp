// SPDX-License-Identifier: MIT
// Ratios of masses against 128-bit integers, and where even those would overflow.
#include <logitkit/math/mass_ratio.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <algorithm>

namespace math = logitkit::math;
using math::Mass;

namespace {

__extension__ using Wide = unsigned __int128;

constexpr Mass kLargest{(std::uint64_t{1} << 62) - 1, ~std::uint64_t{0}};  // below 2^126

}  // namespace

static_assert(math::multiply_divide({0, 2}, {0, 5}, {0, 3}).floor == Mass{0, 3});
static_assert(math::multiply_divide({0, 2}, {0, 5}, {0, 3}).ceiling() == Mass{0, 4});
static_assert(math::multiply_divide({0, 2}, {0, 6}, {0, 3}).ceiling() == Mass{0, 4});
static_assert(math::multiply_divide({}, {1, 1}, {0, 1}).ceiling() == Mass{});
static_assert(math::multiply_divide({0, 1}, {}, {0, 1}).ceiling() == Mass{});

TEST_CASE("ratios are those of 128-bit integers", "[mass]") {
  test::Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t b = random.bits() >> random.below(64);
    const std::uint64_t c = (random.bits() >> random.below(64)) | 1;
    const std::uint64_t a = i % 7 == 0 ? c : random.bits() % c;
    const Wide product = Wide{a} * b;
    const auto ratio = math::multiply_divide({0, a}, {0, b}, {0, c});
    REQUIRE(ratio.floor == Mass{0, static_cast<std::uint64_t>(product / c)});
    REQUIRE(ratio.exact == (product % c == 0));
    REQUIRE(ratio.ceiling() == Mass{0, static_cast<std::uint64_t>((product + c - 1) / c)});
  }
}

TEST_CASE("the largest masses do not overflow", "[mass]") {
  constexpr Mass kAll{~std::uint64_t{0}, ~std::uint64_t{0}};
  Mass one_less = kLargest;
  one_less -= {0, 1};
  CHECK(math::multiply_divide(kLargest, kAll, kLargest).floor == kAll);
  CHECK(math::multiply_divide(kLargest, kAll, kLargest).exact);
  // (c - 1) b / c = b - b/c, and b = 4 (c + 1) - 1 = 4 c + 3.
  Mass expected = kAll;
  expected -= {0, 5};
  CHECK(math::multiply_divide(one_less, kAll, kLargest).floor == expected);
  CHECK_FALSE(math::multiply_divide(one_less, kAll, kLargest).exact);
}

TEST_CASE("a difference of masses undoes a sum", "[mass]") {
  test::Random random(2);
  for (int i = 0; i < 1000; ++i) {
    const Mass a{random.bits() >> 2, random.bits()}, b{random.bits() >> 2, random.bits()};
    Mass sum = a;
    sum += b;
    sum -= b;
    REQUIRE(sum == a);
  }
}
