// SPDX-License-Identifier: MIT
// Inclusion probabilities: their formula at every size, and estimates that are right on average.
#include <logitkit/random/inclusion.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace lk = logitkit;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST_CASE("an inclusion probability is 1 - exp(-exp(log p - threshold))", "[gumbel]") {
  test::Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const double log_p = -random.between(0, 100), threshold = random.between(-100, 20);
    const long double exact = -std::expm1(-std::exp(static_cast<long double>(log_p) - threshold));
    REQUIRE(std::fabs(lk::inclusion_probability(log_p, threshold) - exact) <= 1e-13L * exact);
    const long double weight = std::exp(static_cast<long double>(log_p)) / exact;
    REQUIRE(std::fabs(lk::importance_weight(log_p, threshold) - weight) <= 1e-13L * weight);
  }
}

TEST_CASE("no threshold means that all came: their weights are their probabilities", "[gumbel]") {
  CHECK(lk::inclusion_probability(-3, -kInfinity) == 1);
  CHECK(lk::importance_weight(-3, -kInfinity) == lk::math::exp(-3));
  CHECK(lk::importance_weight(-kInfinity, -kInfinity) == 0);
  CHECK(lk::importance_weight(-kInfinity, 1) == 0);
  CHECK(lk::inclusion_probability(-2000, 3) == 0);
  // Where nearly nothing is included, one stands for exp(threshold).
  CHECK(lk::importance_weight(-600, 50) == Catch::Approx(std::exp(50.0)).epsilon(1e-12));
}

TEST_CASE("the weighted sum over a sample is unbiased", "[gumbel]") {
  // n items with Gumbel noise, the k largest: given the threshold t, which of item i alone is the
  // k-th largest of the others, item i is included with its inclusion probability. So the mean of
  // its weight, by quadrature over t, is its probability, whatever the law of t is; here t is that
  // of two others, k = 1 and 2.
  const double p[] = {0.5, 0.3, 0.2};
  constexpr int kSteps = 200000;
  for (const int k : {1, 2}) {
    for (const double each : p) {
      double mean = 0, mass = 0;
      std::vector<double> others;
      for (const double other : p) {
        if (other != each) others.push_back(other);
      }
      const auto cdf = [&](double t) {  // of the k-th largest noise of the two others
        const double e = std::exp(-t), both = std::exp(-(others[0] + others[1]) * e);
        if (k == 1) return both;
        return std::exp(-others[0] * e) + std::exp(-others[1] * e) - both;
      };
      double last = cdf(-8);
      for (int i = 0; i < kSteps; ++i) {
        const double t = -8 + 40.0 * (i + 1) / kSteps, here = cdf(t);
        const double at = t - 20.0 / kSteps, log_p = std::log(each);
        mean +=
            (here - last) * lk::inclusion_probability(log_p, at) * lk::importance_weight(log_p, at);
        mass += here - last;
        last = here;
      }
      CHECK(mass == Catch::Approx(1).epsilon(1e-6));
      CHECK(mean == Catch::Approx(each).epsilon(1e-6));
    }
  }
}

TEST_CASE("of a long text the weight is a number, though its probability is none", "[gumbel]") {
  for (const double threshold : {-3.0, 0.0, 2.5}) {
    for (const double log_p : {-39.0, -60.0, -700.0, -708.0, -710.0, -745.0, -800.0, -1e6}) {
      const double weight = lk::importance_weight(log_p, threshold);
      CHECK(weight == Catch::Approx(std::exp(threshold)).epsilon(1e-14));
    }
  }
  CHECK(lk::importance_weight(-1e6, -kInfinity) == 0);
  CHECK_FALSE(std::signbit(lk::inclusion_probability(-800, 0)));
}
