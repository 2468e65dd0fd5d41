// SPDX-License-Identifier: MIT
// Masses on a compiler without 128-bit integers: the same bits as with them.
#include "support/catch.hpp"
#include "support/rows.hpp"

#ifdef __SIZEOF_INT128__
__extension__ using Wide = unsigned __int128;
#endif

// The header takes its portable path; its own namespace keeps the linker from mixing the two.
#undef __SIZEOF_INT128__
#undef LOGITKIT_ABI
#define LOGITKIT_ABI v0_portable
#include <logitkit/math/mass.hpp>

namespace math = logitkit::v0_portable::math;

TEST_CASE("the portable upper half of a product", "[mass]") {
  constexpr std::uint64_t kMax = ~std::uint64_t{0};
  REQUIRE(math::multiply_high(kMax, kMax) == kMax - 1);
  REQUIRE(math::multiply_high(kMax, 1) == 0);
  REQUIRE(math::multiply_high(std::uint64_t{1} << 63, 2) == 1);
  REQUIRE(math::multiply_high(0xffffffffu, 0xffffffffu) == 0);
  REQUIRE(math::multiply_high(0xffffffff00000000u, 0x00000001ffffffffu) == 0x1fffffffdu);
#ifdef __x86_64__
  test::Random random(1);
  for (int i = 0; i < 50000; ++i) {
    const std::uint64_t a = random.bits() >> random.below(64);
    const std::uint64_t b = i % 3 == 0 ? kMax - random.below(5) : random.bits();
    REQUIRE(math::multiply_high(a, b) == static_cast<std::uint64_t>((Wide{a} * b) >> 64));
  }
#endif
}

TEST_CASE("portable weights are the same numbers", "[mass]") {
  // Made once with the 128-bit path.
  static_assert(math::weight(0) == 0x4000000000000000u);
  REQUIRE(math::weight(math::to_octaves(0.5)) == 0x2d413cccfe779922u);
  REQUIRE(math::weight(math::to_octaves(1.4426950408889634)) == 0x178b56362cef37dfu);
  REQUIRE(math::weight(math::to_octaves(20.123456789)) == 0x000003ac046183f5u);
}
