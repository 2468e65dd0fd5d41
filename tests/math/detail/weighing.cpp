// SPDX-License-Identifier: MIT
// Weights of float scores: how exact they are, that order is kept, and where they end.
#include <logitkit/math/detail/weighing.hpp>

#include "support/catch.hpp"
#include "support/weight_error.hpp"

#include <logitkit/math/kernels.hpp>

#include <cmath>
#include <vector>

namespace math = logitkit::math;

namespace {

std::vector<std::uint64_t> weights_of(const std::vector<float>& values, double best, double scale) {
  std::vector<math::Entry<float>> entries;
  for (const float x : values) entries.push_back({0, x});
  std::vector<std::uint64_t> weights(values.size() + 15);
  std::vector<std::int32_t> keys(values.size() + 15);
  math::kernels().weights(entries.data(), entries.size(), math::Weighing(best, scale), keys.data(),
                          weights.data());
  weights.resize(values.size());
  return weights;
}

}  // namespace

TEST_CASE("a weight is the exponential to within a float's rounding", "[weighing]") {
  double worst = 0;
  for (const double scale : {1.0, 1.25, 1 / 0.7, 0.1, 30.0}) {
    for (const double best : {0.0, 11.5, -300.0, 4000.0}) {
      std::vector<float> values;
      for (int i = 0; i < 200000; ++i) {
        values.push_back(static_cast<float>(best - i * 1e-4 / scale));
      }
      const auto weights = weights_of(values, best, scale);
      const double reference = math::Weighing(best, scale).reference;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const long double octaves = (long double)(values[i]) * scale * 1.44269504088896340736L;
        const long double exact = std::exp2(octaves - (long double)(reference) + 56);
        const auto weight = static_cast<long double>(weights[i]);
        worst = std::max(worst, std::abs(static_cast<double>(weight / exact - 1)));
      }
    }
  }
  INFO("worst " << worst);
  CHECK(worst <= test::kWeightError<float>);
}

TEST_CASE("what is banned or 99 octaves down weighs nothing, the best nearly one", "[weighing]") {
  const float infinity = std::numeric_limits<float>::infinity();
  for (const double scale : {1.0, 100.0, 1e-3}) {
    for (const float best : {0.0f, 7.3f, -1000.0f}) {
      const float far = best - static_cast<float>(69 / scale) * 1.01f;
      const auto weights =
          weights_of({best, far, -infinity, std::numeric_limits<float>::lowest()}, best, scale);
      CHECK(static_cast<double>(weights[0]) * 0x1p-56 >= 0.7);
      CHECK(static_cast<double>(weights[0]) * 0x1p-56 <= 1.4143);
      for (const std::size_t i : {1u, 2u, 3u}) CHECK(weights[i] == 0);
    }
  }
}

TEST_CASE("what the kernels cannot weigh is told beforehand", "[weighing]") {
  CHECK(math::Weighing::fits(20, 1));
  CHECK(math::Weighing::fits(-20, 1e3));
  CHECK_FALSE(math::Weighing::fits(20, 1e30));
  CHECK_FALSE(math::Weighing::fits(20, 1e-30));
  CHECK_FALSE(math::Weighing::fits(1e6, 1));
  CHECK_FALSE(math::Weighing::fits(std::numeric_limits<double>::quiet_NaN(), 1));
}
