// SPDX-License-Identifier: MIT
// Eta: the twin, both arms of the minimum, rows below it, min_keep.
#include "support/catch.hpp"

#include "reference/thresholds.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/eta.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("Eta agrees with its twin", "", float, double) {
  for (const double e : {1e-12, 3e-4, 0.01, 0.2, 0.999}) {
    for (const std::size_t min_keep : {std::size_t(1), std::size_t(3)}) {
      CAPTURE(e, min_keep);
      reference::agree_with_threshold<TestType>(
          lk::Eta{e, {.min_keep = min_keep}},
          [=](const Scores& s) { return reference::lowered(reference::eta(s, e), s, min_keep); },
          sizeof(TestType) == 4 ? 1e-5L : 1e-12L);
    }
  }
}

TEMPLATE_TEST_CASE("Eta: epsilon rules a sure row, the entropy a flat one", "", float, double) {
  // 64 equal tokens: exp(-H) is 1/64, so eta = min(e, sqrt(e) / 64), below 1/64 whatever e.
  const std::vector<TestType> flat(64, -1);
  CHECK(reference::count_kept(reference::after(lk::Eta{0.5}, flat)) == 64);
  std::vector<TestType> row(65, 0);  // one of probability 0.9, 64 of 0.0015625; H = 0.74
  row[7] = static_cast<TestType>(std::log(9.0 * 64));
  CHECK(reference::count_kept(reference::after(lk::Eta{0.0015}, row)) == 65);
  CHECK(reference::count_kept(reference::after(lk::Eta{0.0016}, row)) == 1);
}

TEST_CASE("Eta refuses what is not in (0, 1), and min_keep = 0") {
  CHECK(lk::Eta<>::check(1e-30f).empty());
  CHECK(lk::Eta<>::check(0) == "Eta: epsilon must satisfy 0 < epsilon < 1, got 0");
  CHECK(lk::Eta<>::check(0.5f, {.min_keep = 0}) ==
        "Eta: min_keep must satisfy min_keep >= 1, got 0");
  CHECK_FALSE(lk::Eta<>::check(std::numeric_limits<float>::quiet_NaN()).empty());
  reference::refuses([] { lk::Eta{1.0}; }, "Eta: epsilon must satisfy 0 < epsilon < 1, got 1");
  static_assert(std::same_as<decltype(lk::Eta{0.1f}), lk::Eta<float>>);
}
