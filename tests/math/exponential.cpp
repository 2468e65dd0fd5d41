// SPDX-License-Identifier: MIT
// Exponentials and powers: within their stated errors of long double's.
#include <logitkit/math/exponential.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"
#include "support/ulps.hpp"

#include <limits>

namespace math = logitkit::math;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double exp_error(double x) {
  return test::ulps(math::exp(x), std::exp(static_cast<long double>(x)));
}

double power_error(double base, double exponent) {
  const long double exact =
      std::pow(static_cast<long double>(base), static_cast<long double>(exponent));
  return static_cast<double>(std::fabs(math::power(base, exponent) - exact) / exact);
}

}  // namespace

TEST_CASE("exp is exact where the answer is a number of its own", "[exponential]") {
  REQUIRE(math::exp(0.0) == 1);
  REQUIRE(math::exp(-0.0) == 1);
  REQUIRE(math::exp(kInfinity) == kInfinity);
  REQUIRE(math::exp(-kInfinity) == 0);
  REQUIRE(std::isnan(math::exp(std::numeric_limits<double>::quiet_NaN())));
  REQUIRE(math::exp(0x1p-1074) == 1);
}

TEST_CASE("exp is 0 below -708 and infinite above 709", "[exponential]") {
  REQUIRE(math::exp(std::nextafter(-708.0, -1e9)) == 0);
  REQUIRE(math::exp(-1e308) == 0);
  REQUIRE(math::exp(std::nextafter(709.0, 1e9)) == kInfinity);
  REQUIRE(exp_error(-708) <= 2);
  REQUIRE(exp_error(709) <= 2);
}

TEST_CASE("exp is within 2 ulps", "[exponential]") {
  test::Random random(1);
  double worst = 0;
  for (int i = 0; i < 100000; ++i) worst = std::max(worst, exp_error(random.between(-708, 709)));
  for (int i = 0; i < 50000; ++i) {
    const double small = std::ldexp(random.between(-1, 1), -static_cast<int>(random.below(60)));
    worst = std::max(worst, exp_error(small));
  }
  CAPTURE(worst);
  REQUIRE(worst <= 2);
}

TEST_CASE("exp is within 2 ulps where the number of octaves changes", "[exponential]") {
  double worst = 0;
  for (int n = -1020; n < 1022; ++n) {
    const double joint = (n + 0.5) * 0.69314718055994531;
    for (const double x : {joint, std::nextafter(joint, -1e9), std::nextafter(joint, 1e9)}) {
      worst = std::max(worst, exp_error(x));
    }
  }
  CAPTURE(worst);
  REQUIRE(worst <= 2);
}

TEST_CASE("power is exact for the exponents 0 and 1", "[exponential]") {
  for (const double base : {1.0, 3.0, 0.1, 1e300, 1e-300}) {
    REQUIRE(math::power(base, 0) == 1);
    REQUIRE(math::power(base, 1) == base);
  }
  REQUIRE(math::power(1, 12345.678) == 1);
}

TEST_CASE("power is within 1e-14 for lengths and penalties", "[exponential]") {
  test::Random random(3);
  double worst = 0;
  for (int i = 0; i < 50000; ++i) {
    const double length = double(1 + random.below(1000000));
    worst = std::max(worst, power_error(length, random.between(-3, 3)));
  }
  CAPTURE(worst);
  REQUIRE(worst <= 1e-14);
}

TEST_CASE("power is within its stated error wherever the result is a normal number",
          "[exponential]") {
  test::Random random(4);
  double worst = 0;
  for (int i = 0; i < 50000; ++i) {
    const double base =
        std::ldexp(random.between(1, 2), static_cast<int>(random.below(1000)) - 500);
    const double exponent = random.between(-700, 700) / std::log(base);
    const double stated = (2 + std::abs(exponent * std::log(base))) * 0x1p-52;
    worst = std::max(worst, power_error(base, exponent) / stated);
  }
  CAPTURE(worst);
  REQUIRE(worst <= 1);
}
