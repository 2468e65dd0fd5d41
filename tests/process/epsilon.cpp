// SPDX-License-Identifier: MIT
// Epsilon: the twin, the probability that is epsilon itself, rows below it, min_keep.
#include "support/catch.hpp"

#include "reference/thresholds.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/epsilon.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("Epsilon agrees with its twin", "", float, double) {
  for (const double e : {1e-12, 3e-4, 0.01, 0.2, 0.999}) {
    for (const std::size_t min_keep : {std::size_t(1), std::size_t(3)}) {
      CAPTURE(e, min_keep);
      reference::agree_with_threshold<TestType>(
          lk::Epsilon{e, {.min_keep = min_keep}},
          [=](const Scores& s) {
            return reference::lowered(reference::epsilon(s, e), s, min_keep);
          },
          sizeof(TestType) == 4 ? 1e-6L : 1e-12L);
    }
  }
}

TEMPLATE_TEST_CASE("Epsilon keeps a probability that is epsilon", "", float, double) {
  const std::vector<TestType> equal(8, 3);
  const auto kept = [&](double e) {
    return reference::count_kept(reference::after(lk::Epsilon{e}, equal));
  };
  CHECK(kept(0.125) == 8);
  CHECK(kept(0.126) == 8);  // none reaches it: the best stay, and they are equals
  const std::vector<TestType> row{std::log(TestType(2)), 0, 0};  // 1/2, 1/4, 1/4
  CHECK(reference::count_kept(reference::after(lk::Epsilon{0.249}, row)) == 3);
  CHECK(reference::count_kept(reference::after(lk::Epsilon{0.251}, row)) == 1);
  CHECK(reference::count_kept(reference::after(lk::Epsilon{0.9}, row)) == 1);
}

TEMPLATE_TEST_CASE("Epsilon: min_keep counts, equals of the last stay, nothing banned comes back",
                   "", float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{5, 1, 1, 1, 0, banned};
  const auto kept = [&](std::size_t min_keep) {
    return reference::count_kept(reference::after(lk::Epsilon{0.9, {.min_keep = min_keep}}, row));
  };
  CHECK(kept(1) == 1);
  CHECK(kept(2) == 4);
  CHECK(kept(4) == 4);
  CHECK(kept(5) == 5);
  CHECK(kept(1000) == 5);
}

TEST_CASE("Epsilon refuses what is not in (0, 1), and min_keep = 0") {
  CHECK(lk::Epsilon<>::check(1e-30f).empty());
  CHECK(lk::Epsilon<>::check(0) == "Epsilon: epsilon must satisfy 0 < epsilon < 1, got 0");
  CHECK(lk::Epsilon<double>::check(1) == "Epsilon: epsilon must satisfy 0 < epsilon < 1, got 1");
  CHECK_FALSE(lk::Epsilon<>::check(std::numeric_limits<float>::quiet_NaN()).empty());
  CHECK(lk::Epsilon<>::check(0.5f, {.min_keep = 0}) ==
        "Epsilon: min_keep must satisfy min_keep >= 1, got 0");
  reference::refuses([] { lk::Epsilon{1.5}; },
                     "Epsilon: epsilon must satisfy 0 < epsilon < 1, got 1.5");
  reference::refuses([] { lk::Epsilon{0.5, {.min_keep = 0}}; },
                     "Epsilon: min_keep must satisfy min_keep >= 1, got 0");
  static_assert(std::same_as<decltype(lk::Epsilon{0.1f}), lk::Epsilon<float>>);
  static_assert(std::same_as<decltype(lk::Epsilon{0.1, {.min_keep = 2}}), lk::Epsilon<double>>);
}
