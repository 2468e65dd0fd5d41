// SPDX-License-Identifier: MIT
// The logarithm: within two units in the last place of long double's, and exact where it must be.
#include <logitkit/math/logarithm.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"
#include "support/ulps.hpp"

#include <limits>

namespace math = logitkit::math;

namespace {

double log_error(double x) {
  return test::ulps(math::log(x), std::log(static_cast<long double>(x)));
}

}  // namespace

TEST_CASE("log is exact where the answer is a number of its own", "[logarithm]") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  REQUIRE(math::log(1.0) == 0);
  REQUIRE_FALSE(std::signbit(math::log(1.0)));
  REQUIRE(math::log(0.0) == -kInfinity);
  REQUIRE(math::log(-0.0) == -kInfinity);
  REQUIRE(math::log(kInfinity) == kInfinity);
  REQUIRE(std::isnan(math::log(std::numeric_limits<double>::quiet_NaN())));
}

TEST_CASE("log is within 2 ulps for any positive number", "[logarithm]") {
  test::Random random(1);
  double worst = 0;
  for (int i = 0; i < 100000; ++i) {
    const auto x = std::bit_cast<double>(random.bits() % 0x7ff0000000000000u);
    if (x != 0) worst = std::max(worst, log_error(x));
  }
  CAPTURE(worst);
  REQUIRE(worst <= 2);
}

TEST_CASE("log is within 2 ulps around one, where digits cancel", "[logarithm]") {
  test::Random random(2);
  double worst = 0;
  for (int i = 0; i < 50000; ++i) {
    const double distance = std::ldexp(random.uniform(), -static_cast<int>(random.below(52)));
    if (distance > 0 && distance < 1) worst = std::max(worst, log_error(1 - distance));
    if (distance > 0x1p-52) worst = std::max(worst, log_error(1 + distance));
  }
  for (double x = 1 - 0x1p-45; x < 1 + 0x1p-45; x += 0x1p-52) {
    if (x != 1) worst = std::max(worst, log_error(x));
  }
  CAPTURE(worst);
  REQUIRE(worst <= 2);
}

TEST_CASE("log is within 2 ulps at powers of two, the square roots between, and denormals",
          "[logarithm]") {
  double worst = 0;
  for (int e = -1074; e < 1024; ++e) {
    const double power = std::ldexp(1.0, e);
    if (power != 1) worst = std::max(worst, log_error(power));
    const double root = power * 0x1.6a09e667f3bcdp+0;
    for (const double x : {root, std::nextafter(root, 0), std::nextafter(root, 1e308)}) {
      if (x > 0 && x < 1e308) worst = std::max(worst, log_error(x));
    }
    if (e > -1070) worst = std::max(worst, log_error(std::nextafter(power, 0)));
  }
  worst = std::max(worst, log_error(std::numeric_limits<double>::denorm_min()));
  worst = std::max(worst, log_error(std::numeric_limits<double>::max()));
  CAPTURE(worst);
  REQUIRE(worst <= 2);
}

TEST_CASE("log never falls", "[logarithm]") {
  test::Random random(3);
  for (int i = 0; i < 20000; ++i) {
    const auto x = std::bit_cast<double>(random.bits() % 0x7fe0000000000000u);
    REQUIRE(math::log(x) <= math::log(x * (1 + 0x1p-48)));
  }
}

TEST_CASE("log has these very bits everywhere", "[logarithm]") {
  REQUIRE(math::log(2.0) == 0x1.62e42fefa39efp-1);
  REQUIRE(math::log(10.0) == 0x1.26bb1bbb55516p+1);
  REQUIRE(math::log(0.5) == -0x1.62e42fefa39efp-1);
  REQUIRE(math::kLog2E == static_cast<double>(1 / std::log(2.0L)));
}
