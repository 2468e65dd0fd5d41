// SPDX-License-Identifier: MIT
// TopA: the twin, thresholds by hand, both ends of the interval, min_keep.
#include "support/catch.hpp"

#include "reference/thresholds.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/top_a.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("TopA agrees with its twin", "", float, double) {
  for (const double a : {0.0, 1e-9, 0.04, 0.2, 0.7, 1.0}) {
    for (const std::size_t min_keep : {std::size_t(1), std::size_t(3)}) {
      CAPTURE(a, min_keep);
      reference::agree_with_threshold<TestType>(
          lk::TopA{a, {.min_keep = min_keep}},
          [&](const Scores& s) { return reference::lowered(reference::top_a(s, a), s, min_keep); },
          sizeof(TestType) == 4 ? 1e-6L : 1e-12L);
    }
  }
}

TEMPLATE_TEST_CASE("TopA: thresholds by hand", "", float, double) {
  // The square of the largest is 0.25.
  const auto row = reference::row_of<TestType>({0.5, 0.25, 0.15, 0.1});
  const auto kept = [&](double a) {
    return reference::count_kept(reference::after(lk::TopA{a}, row));
  };
  CHECK(kept(0) == 4);
  CHECK(kept(0.39) == 4);
  CHECK(kept(0.41) == 3);
  CHECK(kept(0.59) == 3);
  CHECK(kept(0.61) == 2);
  CHECK(kept(0.999) == 2);
  CHECK(reference::count_kept(reference::after(lk::TopA{1}, std::vector<TestType>(9, 4))) == 9);
  CHECK(reference::count_kept(reference::after(lk::TopA{1}, std::vector<TestType>{7})) == 1);
}

TEST_CASE("TopA refuses what is not in [0, 1]") {
  CHECK(lk::TopA<>::check(0).empty());
  CHECK(lk::TopA<>::check(1).empty());
  CHECK(lk::TopA<double>::check(-0.25) == "TopA: a must satisfy 0 <= a <= 1, got -0.25");
  CHECK_FALSE(lk::TopA<double>::check(1 + 0x1p-52).empty());
  CHECK_FALSE(lk::TopA<>::check(std::numeric_limits<float>::quiet_NaN()).empty());
  reference::refuses([] { lk::TopA{2}; }, "TopA: a must satisfy 0 <= a <= 1, got 2");
  reference::refuses([] { lk::TopA{0.2, {.min_keep = 0}}; },
                     "TopA: min_keep must satisfy min_keep >= 1, got 0");
  static_assert(std::same_as<decltype(lk::TopA{1, {.min_keep = 2}}), lk::TopA<float>>);
}
