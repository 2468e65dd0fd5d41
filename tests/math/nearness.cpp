// SPDX-License-Identifier: MIT
// Nearness: falls with the distance on both sides, with and without flush-to-zero.
#include <logitkit/math/nearness.hpp>

#include "support/catch.hpp"
#include "support/flush_to_zero.hpp"

namespace math = logitkit::math;

TEMPLATE_TEST_CASE("nearness is minus the distance", "[nearness]", float, double) {
  CHECK(math::nearness(TestType(3), TestType(1)) == -2);
  CHECK(math::nearness(TestType(-1), TestType(1)) == -2);
  CHECK(math::order_key(math::nearness(TestType(1), TestType(1))) == 0);
  CHECK(math::order_key(math::nearness(TestType(0), TestType(0))) == 0);
  CHECK(math::nearness(-std::numeric_limits<TestType>::infinity(), TestType(1)) ==
        -std::numeric_limits<TestType>::infinity());
  CHECK(math::centre_of<TestType>(1.5) == TestType(1.5));
  CHECK(math::centre_of<TestType>(-1e-300) > 0);
  CHECK(math::centre_of<TestType>(0) < TestType(1e-30));
}

TEMPLATE_TEST_CASE("nearness does not depend on what becomes of denormals", "[nearness]", float,
                   double) {
  using Limits = std::numeric_limits<TestType>;
  const TestType numbers[] = {0,
                              Limits::denorm_min(),
                              -3 * Limits::denorm_min(),
                              Limits::min(),
                              -2 * Limits::min(),
                              TestType(sizeof(TestType) == 4 ? 0x1p-100 : 0x1p-960),
                              TestType(sizeof(TestType) == 4 ? 0x1.000002p-100 : 0x1.8p-960),
                              TestType(1e-20),
                              1};
  for (const TestType number : numbers) {
    const TestType centre = math::centre_of<TestType>(math::widen(number));
    for (const TestType v : numbers) {
      const auto key = math::order_key(math::nearness(v, centre));
      const test::FlushToZero flush;
      CHECK(math::order_key(math::nearness(v, math::centre_of<TestType>(math::widen(number)))) ==
            key);
    }
  }
}
