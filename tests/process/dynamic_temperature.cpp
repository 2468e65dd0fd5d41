// SPDX-License-Identifier: MIT
// DynamicTemperature: the twin, both ends of the entropy, the limit T = 0, what peers divide by.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/dynamic_temperature.hpp>
#include <logitkit/process/temperature.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("DynamicTemperature agrees with its twin", "", float, double) {
  struct Parameters {
    double min, max, exponent;
  };
  for (const auto& [min, max, exponent] :
       {Parameters{0.5, 1.5, 1}, Parameters{0.2, 3, 2}, Parameters{1, 2, 1.5},
        Parameters{0.7, 5, 0}, Parameters{0.8, 0.8, 1}}) {
    const lk::DynamicTemperature processor{min, max, exponent};
    reference::for_each_trial<TestType>(
        [&, p = Parameters{min, max, exponent}](auto& fast, const Scores& before,
                                                const auto& row) -> std::string {
          const Scores slow = reference::dynamic_temperature(before, p.min, p.max, p.exponent);
          processor(fast, {});
          if (fast.status() != lk::Status::ok) return lk::to_string(fast.status());
          // The entropy of weights that are integers is exact to 1e-10.
          const long double largest =
              reference::tolerance(slow, row) / std::numeric_limits<TestType>::epsilon();
          return reference::difference(reference::scores_of(fast), slow,
                                       reference::tolerance(slow, row) + 1e-10L * largest);
        });
  }
}

TEMPLATE_TEST_CASE("DynamicTemperature is max for equal scores and min for a certain model", "",
                   float, double) {
  const lk::DynamicTemperature processor{0.5, 2};
  CHECK(reference::after(processor, std::vector<TestType>{3, 3, 3, 3}) == Scores(4, 1.5L));
  CHECK(reference::after(processor, std::vector<TestType>{0, 1000, 0}) == Scores{0, 2000, 0});
  CHECK(reference::after(processor, std::vector<TestType>{3}) == Scores{3});  // ln 1 = 0
}

TEMPLATE_TEST_CASE("DynamicTemperature: a banned token is none that could come", "[llama.cpp]",
                   float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const Scores alone = reference::after(lk::DynamicTemperature{0, 2}, std::vector<TestType>{1, 1});
  CHECK(alone == Scores{0.5L, 0.5L});  // the largest entropy that two tokens have
  CHECK(reference::after(lk::DynamicTemperature{0, 2},
                         std::vector<TestType>{banned, 1, banned, 1, banned}) ==
        Scores{reference::kBanned, 0.5L, reference::kBanned, 0.5L, reference::kBanned});
  CHECK(reference::after(lk::DynamicTemperature{0, 2}, std::vector<TestType>{banned, 7, banned}) ==
        Scores{reference::kBanned, 7, reference::kBanned});
}

TEMPLATE_TEST_CASE("DynamicTemperature divides by no zero, where llama.cpp makes NaN",
                   "[llama.cpp]", float, double) {
  const auto b = reference::kBanned;
  const lk::DynamicTemperature from_zero{0, 2};
  CHECK(reference::after(from_zero, std::vector<TestType>{0, 1000, 0}) == Scores{b, 1000, b});
  CHECK(reference::after(lk::DynamicTemperature{0, 0}, std::vector<TestType>{4, 5, 5}) ==
        Scores{b, 5, b});
  CHECK(reference::after(lk::DynamicTemperature{0, 2, 0}, std::vector<TestType>{0, 1000}) ==
        Scores{0, 500});  // 0^0 = 1
}

TEMPLATE_TEST_CASE("DynamicTemperature: llama.cpp's table", "[llama.cpp]", float, double) {
  const auto row = reference::row_of<TestType>({0.1, 0.2, 0.3, 0.4});
  const auto p = [&](double t) {  // theirs has a range of 0
    return reference::probabilities(reference::after(lk::DynamicTemperature{t, t}, row));
  };
  CHECK(reference::total_variation(p(1), {0.1L, 0.2L, 0.3L, 0.4L}) < 1e-6L);
  CHECK(p(0) == Scores{0, 0, 0, 1});
}

TEMPLATE_TEST_CASE("DynamicTemperature of min = max is Temperature", "", float, double) {
  for (const auto& [name, row] : reference::inputs<TestType>(65)) {
    INFO(name);
    CHECK(reference::after(lk::DynamicTemperature{0.7, 0.7}, row) ==
          reference::after(lk::Temperature{0.7}, row));
  }
}

TEST_CASE("DynamicTemperature refuses temperatures that are none, or in the wrong order") {
  using T = lk::DynamicTemperature;
  const double infinity = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(T::check(0, 0).empty());
  CHECK(T::check(0, 1e-30).empty());
  CHECK(T::check(1e-30, 1.7e308, 1e300).empty());
  CHECK(T::check(-1, 1) ==
        "DynamicTemperature: min must satisfy min = 0 or 1e-30 <= min < inf, got -1");
  CHECK(T::check(1, 0.5) ==
        "DynamicTemperature: max must satisfy max = min or max >= 1e-30 and min <= max < inf, got "
        "0.5");
  CHECK(T::check(1, 2, -0.5) ==
        "DynamicTemperature: exponent must satisfy 0 <= exponent < inf, got -0.5");
  CHECK_FALSE(T::check(1e-31, 1).empty());
  CHECK_FALSE(T::check(0, 1e-31).empty());
  CHECK_FALSE(T::check(0, infinity).empty());
  CHECK_FALSE(T::check(infinity, infinity).empty());
  CHECK_FALSE(T::check(nan, 1).empty());
  CHECK_FALSE(T::check(0, nan).empty());
  CHECK_FALSE(T::check(0, 1, nan).empty());
  CHECK_FALSE(T::check(0, 1, infinity).empty());
  reference::refuses([] { lk::DynamicTemperature{0.5f, 1.5f, -1}; },
                     "DynamicTemperature: exponent must satisfy 0 <= exponent < inf, got -1");
}
