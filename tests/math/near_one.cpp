// SPDX-License-Identifier: MIT
// ln(1 + x) and exp(x) - 1 against long double, where x is small, large, and at the ends.
#include <logitkit/math/near_one.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <cmath>
#include <limits>

namespace math = logitkit::math;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Off by no more than 4 units in the last place.
bool close(double got, long double exact) {
  return std::fabs(got - exact) <= 4 * 0x1p-52L * std::fabs(exact);
}

}  // namespace

TEST_CASE("ln(1 + x) and exp(x) - 1 keep the digits of any x", "[exponential]") {
  test::Random random(1);
  for (int i = 0; i < 200000; ++i) {
    const double x = std::ldexp(random.between(1, 2), int(random.below(70)) - 64);
    const double small = std::ldexp(random.between(-1, 1), -int(random.below(60)));
    for (const double y : {x, small}) {
      if (!close(math::log1p(y), std::log1p(static_cast<long double>(y)))) FAIL("log1p " << y);
      if (!close(math::expm1(y), std::expm1(static_cast<long double>(y)))) FAIL("expm1 " << y);
    }
    const double near_all = -1 + std::ldexp(random.between(1, 2), -2 - int(random.below(50)));
    if (!close(math::log1p(near_all), std::log1p(static_cast<long double>(near_all)))) {
      FAIL("log1p " << near_all);
    }
    const double far = -random.between(0, 700);
    if (!close(math::expm1(far), std::expm1(static_cast<long double>(far)))) FAIL("expm1 " << far);
  }
}

TEST_CASE("their ends are the limits", "[exponential]") {
  CHECK(math::log1p(0) == 0);
  CHECK(math::expm1(0) == 0);
  CHECK(math::log1p(-1) == -kInfinity);
  CHECK(math::log1p(kInfinity) == kInfinity);
  CHECK(math::expm1(-kInfinity) == -1);
  CHECK(math::expm1(kInfinity) == kInfinity);
  CHECK(math::expm1(1000) == kInfinity);
  CHECK(math::log1p(1e-300) == 1e-300);
  CHECK(math::expm1(-1e-300) == -1e-300);
}

TEST_CASE("they have these very bits everywhere", "[exponential]") {
  CHECK(math::log1p(0.1) == 0x1.8663f793c46c7p-4);
  CHECK(math::expm1(-0.1) == -0x1.85c933156a62cp-4);
}
