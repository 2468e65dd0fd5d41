// SPDX-License-Identifier: MIT
// QuadraticSmoothing: the twin, the order that stays, both ends of both intervals.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/quadratic_smoothing.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("QuadraticSmoothing agrees with its twin", "", float, double) {
  struct Parameters {
    double factor, curve;
  };
  for (const Parameters p : {Parameters{0.3, 1}, Parameters{1, 1.5}, Parameters{0.02, 2.5},
                             Parameters{5, 3}, Parameters{0, 2}}) {
    reference::agree<TestType>(lk::QuadraticSmoothing{p.factor, p.curve}, [=](const Scores& s) {
      return reference::quadratic_smoothing(s, p.factor, p.curve);
    });
  }
}

TEMPLATE_TEST_CASE("QuadraticSmoothing changes no order, however close two scores are", "", float,
                   double) {
  std::vector<TestType> row{10, 10 - 1e-3f, 9.5, 3, -40, 10 - 1e-3f, 0, 9};
  row[1] = std::nextafter(TestType(10), TestType(0));  // 1 - (2^-20)^2 would round to 1
  for (const double factor : {1e-3, 0.3, 20.0}) {
    for (const double curve : {1.0, 2.0, 3.0}) {
      lk::Workspace workspace;
      lk::Candidates<TestType> candidates(row, workspace);
      lk::QuadraticSmoothing{factor, curve}(candidates, {});
      std::vector<lk::Token> order;
      for (const auto& each : candidates.sorted()) order.push_back(each.token);
      CAPTURE(factor, curve);
      CHECK(order == std::vector<lk::Token>{0, 1, 5, 2, 7, 3, 6, 4});
      CHECK(candidates.maximum() == 10);
      candidates.keep_top(1);
      CHECK(candidates.contains(0));
    }
  }
}

TEMPLATE_TEST_CASE("QuadraticSmoothing: the second best may come first in the row", "", float,
                   double) {
  const std::vector<TestType> row{std::nextafter(TestType(12), TestType(0)), 12};
  lk::Workspace workspace;
  lk::Candidates<TestType> candidates(row, workspace);
  lk::QuadraticSmoothing{0.5}(candidates, {});
  CHECK(candidates.best() == 1);
}

TEMPLATE_TEST_CASE("QuadraticSmoothing of a parabola and of a cubic, by hand", "", float, double) {
  const std::vector<TestType> row{1, 3, 2, -1};
  CHECK(reference::after(lk::QuadraticSmoothing{0.5}, row) == Scores{1, 3, 2.5L, -5});
  CHECK(reference::after(lk::QuadraticSmoothing{0.5, 3}, row) == Scores{-1, 3, 2.5L, -29});
  CHECK(reference::after(lk::QuadraticSmoothing{0.5, 2}, row) == Scores{0, 3, 2.5L, -17});
}

TEMPLATE_TEST_CASE("QuadraticSmoothing bans nothing by overflow and unbans nothing", "", float,
                   double) {
  const TestType lowest = std::numeric_limits<TestType>::lowest();
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  for (const double curve : {1.0, 2.0, 3.0}) {
    lk::Workspace workspace;
    const std::vector<TestType> row{0, lowest, banned, -lowest};
    lk::Candidates<TestType> candidates(row, workspace);
    lk::QuadraticSmoothing{1e300, curve}(candidates, {});
    CAPTURE(curve);
    CHECK(candidates.status() == lk::Status::ok);
    CHECK(candidates.contains(0));
    CHECK(candidates.contains(1));
    CHECK_FALSE(candidates.contains(2));
    CHECK(candidates.best() == 3);
  }
}

TEST_CASE("QuadraticSmoothing refuses what would change the order") {
  using Q = lk::QuadraticSmoothing;
  CHECK(Q::check(0).empty());
  CHECK(Q::check(1e308, 3).empty());
  CHECK(Q::check(-1) == "QuadraticSmoothing: factor must satisfy 0 <= factor < inf, got -1");
  CHECK(Q::check(1, 3.5) == "QuadraticSmoothing: curve must satisfy 1 <= curve <= 3, got 3.5");
  CHECK_FALSE(Q::check(1, 0.9).empty());
  CHECK_FALSE(Q::check(std::numeric_limits<double>::infinity()).empty());
  CHECK_FALSE(Q::check(std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK_FALSE(Q::check(1, std::numeric_limits<double>::quiet_NaN()).empty());
  reference::refuses([] { lk::QuadraticSmoothing{0.2f, 4}; },
                     "QuadraticSmoothing: curve must satisfy 1 <= curve <= 3, got 4");
}
