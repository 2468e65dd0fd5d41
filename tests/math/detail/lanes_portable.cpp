// SPDX-License-Identifier: MIT
// The portable kernels against loops that are too simple to be wrong.
#include <logitkit/math/detail/lanes_portable.hpp>

#include "support/catch.hpp"
#include "support/kernel_trial.hpp"

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

TEST_CASE("the portable kernels give what loops give that are too simple to be wrong",
          "[kernels]") {
  CHECK_NOTHROW(test::try_kernels(math::portable::table(), 100000));
}
