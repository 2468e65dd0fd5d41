// SPDX-License-Identifier: MIT
// Truncated Gumbel numbers: their inverse CDF, the second of an order, both forms at their limits;
// without a bound their range, bits and formula.
#include <logitkit/random/truncated_gumbel.hpp>

#include "reference/conditional_gumbel.hpp"
#include "support/catch.hpp"
#include "support/rows.hpp"

#include <algorithm>
#include <cmath>

namespace lk = logitkit;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::uint64_t kAll = ~std::uint64_t{0};

/// The numbers in the middle of `count` equal parts of all bits.
std::uint64_t middle(std::size_t i, std::size_t count) {
  return static_cast<std::uint64_t>((static_cast<long double>(i) + 0.5L) / count * 0x1p64L);
}

/// Without a bound.
double gumbel(std::uint64_t bits) { return lk::truncated_gumbel(0, kInfinity, bits); }

}  // namespace

TEST_CASE("truncated gumbel numbers are the inverse of their CDF", "[gumbel]") {
  // exp(-exp(location - x)) / exp(-exp(location - bound)) = u.
  test::Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const double location = random.between(-30, 5), bound = location + random.between(-20, 60);
    const std::uint64_t bits = random.bits();
    const long double e = -std::log(static_cast<long double>(lk::open_uniform(bits)));
    const long double above = static_cast<long double>(bound) - location;
    const long double exact = above > 0 ? location - std::log(std::exp(-above) + e)
                                        : bound - std::log1p(e * std::exp(above));
    const double x = lk::truncated_gumbel(location, bound, bits);
    REQUIRE(std::fabs(x - exact) <= 1e-14L * (1 + std::fabs(location) + std::fabs(bound)));
    REQUIRE(x <= bound);
  }
}

TEST_CASE("their location is a shift, and far above the bound they are nearly the bound",
          "[gumbel]") {
  for (const std::uint64_t bits : {std::uint64_t{0}, std::uint64_t{1} << 63, kAll}) {
    CHECK(lk::truncated_gumbel(2, kInfinity, bits) == 2 + gumbel(bits));
    CHECK(lk::truncated_gumbel(-kInfinity, 3, bits) == -kInfinity);
    CHECK(lk::truncated_gumbel(-kInfinity, kInfinity, bits) == -kInfinity);
    CHECK(lk::truncated_gumbel(0, -800, bits) == -800);
    CHECK(lk::truncated_gumbel(0, 800, bits) == gumbel(bits));
    CHECK(std::isfinite(lk::truncated_gumbel(-700, 700, bits)));
    CHECK(lk::truncated_gumbel(5, 5, bits) <= 5);
  }
}

TEST_CASE("they have these very bits everywhere", "[gumbel]") {
  CHECK(lk::truncated_gumbel(-1, 2, 0x123456789abcdef0u) == -0x1.fda2e3a65cd1ap+0);
  CHECK(lk::truncated_gumbel(1, -2, 0x123456789abcdef0u) == -0x1.0fd38f34e8693p+1);
  CHECK(gumbel(0) == -0x1.cd48a14a68f37p+1);
  CHECK(gumbel(0x123456789abcdef0u) == -0x1.f1b82affaaf9cp-1);
  CHECK(gumbel(kAll) == 0x1.25e4f7b2737fap+5);
}

TEST_CASE("after the best, the largest of the rest has the law of the second best", "[gumbel]") {
  // Three items; G1 on a grid of its law, the best item by its probability, G2 on a grid. P(G2 <=
  // x) is the sum over i of exp(-(1 - p_i) e^-x) less twice exp(-e^-x). The twin: noise for every
  // item.
  const double p[] = {0.6, 0.3, 0.1};
  constexpr std::size_t kGrid = 160;
  for (const double x : {-1.5, -0.5, 0.0, 1.0, 2.5}) {
    long double exact = -2 * std::exp(-std::exp(-static_cast<long double>(x))), grid = 0, twin = 0;
    for (const double each : p)
      exact += std::exp(-(1 - each) * std::exp(-static_cast<long double>(x)));
    for (std::size_t a = 0; a < kGrid; ++a) {
      const double best = lk::truncated_gumbel(0, kInfinity, middle(a, kGrid));
      for (std::size_t b = 0; b < kGrid; ++b) {
        for (const double each : p) {
          const double rest = std::log(1 - each);
          grid += each * (lk::truncated_gumbel(rest, best, middle(b, kGrid)) <= x);
        }
      }
    }
    test::Random random(7);
    constexpr int kTrials = 20000;
    for (int i = 0; i < kTrials; ++i) {
      std::vector<long double> all;
      for (const double each : p) all.push_back(std::log(each) + gumbel(random.bits()));
      all = reference::condition(all, gumbel(random.bits()));
      std::nth_element(all.begin(), all.begin() + 1, all.end(), std::greater<>());
      twin += all[1] <= x;
    }
    CHECK(std::fabs(double(grid / (kGrid * kGrid) - exact)) < 0.006);
    CHECK(std::fabs(double(twin / kTrials - exact)) < 5 * 0.5 / std::sqrt(double(kTrials)));
  }
}

TEST_CASE("the twin's stable form is its plain form, and leaves the best at the maximum",
          "[gumbel]") {
  test::Random random(8);
  for (int i = 0; i < 1000; ++i) {
    std::vector<long double> all;
    for (int item = 0; item < 5; ++item) all.push_back(3 * random.gauss() + gumbel(random.bits()));
    const long double maximum = random.gauss();
    const auto stable = reference::condition(all, maximum);
    const auto plain = reference::condition_plainly(all, maximum);
    for (std::size_t item = 0; item < 5; ++item) {
      REQUIRE(std::fabs(stable[item] - plain[item]) < 1e-12L);
    }
    REQUIRE(*std::max_element(stable.begin(), stable.end()) == maximum);
  }
}

TEST_CASE("gumbel numbers are finite, in [-3.61, 36.74], at both ends", "[gumbel]") {
  REQUIRE(gumbel(0) == Catch::Approx(-std::log(53 * std::log(2.0))).epsilon(1e-14));
  REQUIRE(gumbel(kAll) == Catch::Approx(53 * std::log(2.0)).epsilon(1e-14));
  REQUIRE(gumbel(0) >= -3.61);
  REQUIRE(gumbel(kAll) <= 36.74);
  test::Random random(1);
  for (int i = 0; i < 100000; ++i) {
    const double g = gumbel(random.bits());
    if (!(g >= gumbel(0) && g <= gumbel(kAll))) FAIL(g);
  }
}

TEST_CASE("gumbel numbers are -ln(-ln(u)) and grow with the bits", "[gumbel]") {
  test::Random random(2);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random.bits() >> random.below(64);
    const long double u = lk::open_uniform(bits);
    REQUIRE(std::fabs(gumbel(bits) - -std::log(-std::log(u))) < 1e-15L * 40);
    if (bits < kAll - 4096) REQUIRE(gumbel(bits) <= gumbel(bits + 4096));
  }
}
