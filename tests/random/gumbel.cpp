// SPDX-License-Identifier: MIT
// Gumbel noise: finite, in its stated range, with its distribution; its argmax is a softmax draw.
#include <logitkit/random/gumbel.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"
#include "support/ulps.hpp"

#include <algorithm>
#include <cmath>

namespace lk = logitkit;

constexpr std::uint64_t kAll = ~std::uint64_t{0};

TEST_CASE("gumbel numbers are finite, in [-3.61, 36.74], at both ends", "[gumbel]") {
  REQUIRE(lk::gumbel(0) == Catch::Approx(-std::log(53 * std::log(2.0))).epsilon(1e-14));
  REQUIRE(lk::gumbel(kAll) == Catch::Approx(53 * std::log(2.0)).epsilon(1e-14));
  REQUIRE(lk::gumbel(0) >= -3.61);
  REQUIRE(lk::gumbel(kAll) <= 36.74);
  test::Random random(1);
  for (int i = 0; i < 100000; ++i) {
    const double g = lk::gumbel(random.bits());
    if (!(g >= lk::gumbel(0) && g <= lk::gumbel(kAll))) FAIL(g);
  }
}

TEST_CASE("gumbel numbers are -ln(-ln(u)) and grow with the bits", "[gumbel]") {
  test::Random random(2);
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random.bits() >> random.below(64);
    const long double u = lk::open_uniform(bits);
    REQUIRE(std::fabs(lk::gumbel(bits) - -std::log(-std::log(u))) < 1e-15L * 40);
    if (bits < kAll - 4096) REQUIRE(lk::gumbel(bits) <= lk::gumbel(bits + 4096));
  }
}

TEST_CASE("gumbel numbers have these very bits everywhere", "[gumbel]") {
  REQUIRE(lk::gumbel(0) == -0x1.cd48a14a68f37p+1);
  REQUIRE(lk::gumbel(0x123456789abcdef0u) == -0x1.f1b82affaaf9cp-1);
  REQUIRE(lk::gumbel(kAll) == 0x1.25e4f7b2737fap+5);
}

TEST_CASE("gumbel numbers pass Kolmogorov-Smirnov", "[gumbel]") {
  // 100,000 numbers at a false-positive rate of 1e-6 (2 exp(-2 n d^2)).
  constexpr std::size_t kCount = 100000;
  test::Random random(3);
  std::vector<double> sample(kCount);
  for (double& g : sample) g = lk::gumbel(random.bits());
  std::sort(sample.begin(), sample.end());
  double distance = 0;
  for (std::size_t i = 0; i < kCount; ++i) {
    const double expected = std::exp(-std::exp(-sample[i]));
    distance = std::max({distance, std::fabs(expected - double(i) / kCount),
                         std::fabs(expected - double(i + 1) / kCount)});
  }
  REQUIRE(distance < std::sqrt(std::log(2 / 1e-6) / (2 * kCount)));
}

TEST_CASE("the argmax of scores plus gumbel noise draws from their softmax", "[gumbel]") {
  // Chi-square with 5 degrees of freedom: P(X > 35.9) = 1e-6.
  const double scores[] = {0, 1, -1, 2, 0.5, -2};
  double total = 0;
  for (const double score : scores) total += std::exp(score);
  constexpr int kDraws = 60000;
  int counts[6] = {};
  test::Random random(4);
  for (int draw = 0; draw < kDraws; ++draw) {
    std::size_t best = 0;
    double best_score = -1e300;
    for (std::size_t i = 0; i < 6; ++i) {
      const double noisy = scores[i] + lk::gumbel(random.bits());
      if (noisy > best_score) best = i, best_score = noisy;
    }
    ++counts[best];
  }
  double chi_square = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    const double expected = kDraws * std::exp(scores[i]) / total;
    chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  REQUIRE(chi_square < 35.9);
}
