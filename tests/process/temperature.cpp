// SPDX-License-Identifier: MIT
// Temperature: the twin, the limit T = 0, the ends of the interval.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/temperature.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("Temperature agrees with its twin", "", float, double) {
  for (const double t : {1e-3, 0.5, 0.7, 1.0, 2.0, 1e6}) {
    reference::agree<TestType>(lk::Temperature{t},
                               [t](const Scores& s) { return reference::temperature(s, t); });
  }
}

TEMPLATE_TEST_CASE("Temperature 0 bans all but the best, equal scores all but the lowest", "",
                   float, double) {
  reference::agree<TestType>(lk::Temperature{0},
                             [](const Scores& s) { return reference::temperature(s, 0); });
  const Scores scores = reference::after(lk::Temperature{0.0f}, std::vector<TestType>{1, 4, 4, 2});
  CHECK(scores == Scores{reference::kBanned, 4, reference::kBanned, reference::kBanned});
  CHECK(reference::after(lk::Temperature{0.0}, std::vector<TestType>{-0.0, 0.0})[0] == 0);
}

TEST_CASE("Temperature refuses what is not 0 and not in [1e-30, inf)") {
  using T = lk::Temperature<double>;
  CHECK(T::check(0).empty());
  CHECK(T::check(-0.0).empty());
  CHECK(T::check(1e-30).empty());
  CHECK(T::check(1.7e308).empty());
  CHECK(lk::Temperature<float>::check(1e-30f).empty());
  CHECK(T::check(-1) == "Temperature: T must satisfy T = 0 or 1e-30 <= T < inf, got -1");
  CHECK_FALSE(T::check(0.99e-30).empty());
  CHECK_FALSE(lk::Temperature<float>::check(1e-40f).empty());
  CHECK_FALSE(T::check(std::numeric_limits<double>::infinity()).empty());
  CHECK_FALSE(T::check(std::numeric_limits<double>::quiet_NaN()).empty());
  reference::refuses([] { lk::Temperature{-0.5}; },
                     "Temperature: T must satisfy T = 0 or 1e-30 <= T < inf, got -0.5");
  static_assert(std::same_as<decltype(lk::Temperature{1}), lk::Temperature<float>>);
}

TEMPLATE_TEST_CASE("temperatures multiply, and 0 after another one is the best still", "", float,
                   double) {
  lk::Workspace workspace;
  const std::vector<TestType> row{1, 3, 2};
  lk::Candidates<TestType> candidates(row, workspace);
  lk::Temperature{0.5}(candidates, {});
  lk::Temperature{4.0}(candidates, {});
  CHECK(candidates.score(1) == TestType(1.5));
  lk::Temperature{0}(candidates, {});
  CHECK(candidates.best() == 1);
  CHECK(candidates.score(1) == TestType(1.5));
  CHECK_FALSE(candidates.contains(2));
}

TEMPLATE_TEST_CASE("an extreme temperature neither unbans a token nor makes a NaN", "", float,
                   double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{banned, 2, 1, 2, banned};
  for (const double t : {1e-30, 1e-20, 1e20, 1e308}) {
    lk::Workspace workspace;
    lk::Candidates<TestType> candidates(row, workspace);
    lk::Temperature{t}(candidates, {});
    lk::Temperature{t}(candidates, {});  // twice: the product leaves the range of a double
    CAPTURE(t);
    CHECK(candidates.status() == lk::Status::ok);
    CHECK(candidates.score(0) == banned);
    CHECK_FALSE(candidates.contains(4));
    CHECK(candidates.best() == 1);
    CHECK(candidates.draw(0) == 1);
    CHECK(candidates.draw(1 - 0x1p-53) == 3);
  }
}

TEMPLATE_TEST_CASE("Temperature: llama.cpp's table", "[llama.cpp]", float, double) {
  const auto row = reference::row_of<TestType>({0.1, 0.2, 0.3, 0.4});
  const Scores same = reference::probabilities(reference::after(lk::Temperature{1.0}, row));
  CHECK(reference::total_variation(same, {0.1L, 0.2L, 0.3L, 0.4L}) < 1e-6L);
  const Scores zero = reference::probabilities(reference::after(lk::Temperature{0.0}, row));
  CHECK(zero == Scores{0, 0, 0, 1});
}
