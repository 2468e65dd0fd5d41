// SPDX-License-Identifier: MIT
// MinP: the twin, equal scores, both ends of the interval.
#include "support/catch.hpp"

#include "reference/thresholds.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/min_p.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("MinP agrees with its twin", "", float, double) {
  for (const double m : {0.0, 1e-9, 0.02, 0.05, 0.1, 0.37, 0.5, 0.9, 1.0}) {
    CAPTURE(m);
    reference::agree<TestType>(lk::MinP{m},
                               [m](const Scores& s) { return reference::min_p(s, m); });
  }
}

TEMPLATE_TEST_CASE("MinP with min_keep agrees with its twin", "", float, double) {
  for (const double m : {0.02, 0.5, 1.0}) {
    for (const std::size_t min_keep : {std::size_t(2), std::size_t(40)}) {
      CAPTURE(m, min_keep);
      reference::agree_with_threshold<TestType>(
          lk::MinP{m, {.min_keep = min_keep}},
          [=](const Scores& s) {
            const long double best = *std::max_element(s.begin(), s.end());
            return reference::lowered(best + std::log((long double)(m)), s, min_keep);
          },
          0);
    }
  }
}

TEMPLATE_TEST_CASE("MinP on a vocabulary of 128256", "", float, double) {
  const auto row = reference::normal_row<TestType>(128256, 5);
  const Scores slow(row.begin(), row.end());
  CHECK(reference::after(lk::MinP{0.05}, row) == reference::min_p(slow, 0.05));
}

TEMPLATE_TEST_CASE("MinP 1 keeps the best and its equals, under any temperature", "", float,
                   double) {
  const std::vector<TestType> row{TestType(0.1), TestType(2.3), TestType(-0.5), TestType(2.3), 2};
  for (int i = 1; i < 200; ++i) {
    lk::Workspace workspace;
    lk::Candidates<TestType> candidates(row, workspace);
    candidates.scale(1 / (0.01 * i));
    lk::MinP{1.0}(candidates, {});
    CAPTURE(i);
    CHECK(candidates.size() == 2);
    CHECK(candidates.best() == 1);
    CHECK(candidates.contains(3));
  }
}

TEMPLATE_TEST_CASE("MinP 1 keeps the best after Softmax, whatever the rounding", "", float,
                   double) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto row = reference::normal_row<TestType>(40, seed);
    lk::Workspace workspace;
    lk::Candidates<TestType> candidates(row, workspace);
    candidates.normalise();
    candidates.scale(1 / 0.7);
    lk::MinP{1.0}(candidates, {});
    CAPTURE(seed);
    CHECK(candidates.status() == lk::Status::ok);
  }
}

TEMPLATE_TEST_CASE("MinP: a threshold between two scores; all ties stay", "", float, double) {
  const std::vector<TestType> row{0, TestType(-0.75), -1, TestType(-0.75), 0};
  const auto b = reference::kBanned;
  CHECK(reference::after(lk::MinP{0.47}, row) == Scores{0, -0.75L, b, -0.75L, 0});  // ln: -0.755
  CHECK(reference::after(lk::MinP{0.48}, row) == Scores{0, b, b, b, 0});            // ln: -0.734
}

TEMPLATE_TEST_CASE("MinP 0 keeps all", "", float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{100, -1000, banned, 50};
  CHECK(reference::after(lk::MinP{0}, row) == Scores{100, -1000, reference::kBanned, 50});
  CHECK(reference::after(lk::MinP{-0.0}, row) == Scores{100, -1000, reference::kBanned, 50});
}

TEMPLATE_TEST_CASE("MinP: llama.cpp's table", "[llama.cpp]", float, double) {
  const auto row = reference::row_of<TestType>({0.1, 0.2, 0.3, 0.4});
  const auto check = [&](double m, const Scores& expected) {
    const Scores p = reference::probabilities(reference::after(lk::MinP{m}, row));
    CAPTURE(m);
    CHECK(reference::total_variation(p, expected) < 1e-6L);
  };
  for (const double m : {0.0, 0.24}) check(m, {0.1L, 0.2L, 0.3L, 0.4L});
  for (const double m : {0.26, 0.49}) check(m, {0, 2.0L / 9, 3.0L / 9, 4.0L / 9});
  for (const double m : {0.51, 0.74}) check(m, {0, 0, 3.0L / 7, 4.0L / 7});
  for (const double m : {0.76, 1.0}) check(m, {0, 0, 0, 1});
}

TEST_CASE("MinP refuses what is not in [0, 1]") {
  CHECK(lk::MinP<double>::check(0).empty());
  CHECK(lk::MinP<double>::check(1).empty());
  CHECK(lk::MinP<double>::check(-0.25) == "MinP: min_p must satisfy 0 <= min_p <= 1, got -0.25");
  CHECK_FALSE(lk::MinP<double>::check(1 + 0x1p-52).empty());
  CHECK_FALSE(lk::MinP<double>::check(std::numeric_limits<double>::quiet_NaN()).empty());
  reference::refuses([] { lk::MinP{1.05}; }, "MinP: min_p must satisfy 0 <= min_p <= 1, got 1.05");
  reference::refuses([] { lk::MinP{-1}; }, "MinP: min_p must satisfy 0 <= min_p <= 1, got -1");
  CHECK(lk::MinP<>::check(0.5f, {.min_keep = 0}) ==
        "MinP: min_keep must satisfy min_keep >= 1, got 0");
  static_assert(std::same_as<decltype(lk::MinP{0}), lk::MinP<float>>);
}
