// SPDX-License-Identifier: MIT
// What reaches a bound is found: in rows and lists, with edits, whatever k is beside the tiles.
#include <logitkit/core/detail/candidates_pick.hpp>

#include "support/catch.hpp"
#include "support/kept.hpp"
#include "support/rows.hpp"

#include <algorithm>
#include <cmath>

namespace lk = logitkit;
using test::kept;

TEMPLATE_TEST_CASE("a row and the list of its tokens have the same k best, edits included",
                   "[pick]", float, double) {
  lk::Workspace a, b;
  for (const std::size_t size : {10u, 64u, 1000u, 20000u}) {
    for (const double step : {1e-9, 0.5}) {  // without and with many equals
      std::vector<TestType> row(size);
      test::Random random(size);
      for (auto& x : row)
        x = static_cast<TestType>(step * std::floor(random.uniform() * 10 / step));
      for (const std::size_t k : {1u, 2u, 40u, 150u, 313u, 1000u, 1250u, 1251u, 9999u}) {
        CAPTURE(size, step, k);
        lk::Candidates hot(row, a), list(row, b);
        for (auto* set : {&hot, &list}) {
          set->add(lk::Token(size / 2), 20), set->ban(lk::Token(size / 3)), set->set(0, 9);
        }
        list.keep_if([](lk::Token, double) { return true; });
        hot.keep_top(k), list.keep_top(k);
        if (!hot.narrowed()) hot.keep_if([](lk::Token, double) { return true; });
        REQUIRE(kept(hot) == kept(list));
        REQUIRE(hot.best() == list.best());
      }
    }
  }
}

TEMPLATE_TEST_CASE("tiles with edits among tiles without: every value is found once", "[pick]",
                   float, double, Eigen::half, Eigen::bfloat16) {
  lk::Workspace workspace;
  const std::size_t size = 1000;
  std::vector<TestType> row(size);
  for (std::size_t i = 0; i < size; ++i) row[i] = TestType(float(i % 100));
  for (const double threshold : {0.0, 50.0, 98.5, 99.0}) {
    lk::Candidates set(row, workspace);
    for (const lk::Token token : {0, 63, 200, 201, 202, 640, 999}) set.add(token, 1);
    set.keep_above(threshold);
    std::vector<lk::Token> expected;
    for (lk::Token i = 0; i < lk::Token(size); ++i) {
      const bool edited = i == 0 || i == 63 || (i >= 200 && i <= 202) || i == 640 || i == 999;
      if (double(i % 100 + edited) >= threshold) expected.push_back(i);
    }
    REQUIRE(kept(set) == expected);
  }
}

TEMPLATE_TEST_CASE("the best in order are those of a stable sort, however many", "[pick]", float,
                   double) {
  lk::Workspace workspace;
  for (const double step : {1e-9, 0.5}) {  // without and with many equals
    std::vector<TestType> row(6000);
    test::Random random(7);
    for (auto& x : row) x = static_cast<TestType>(step * std::floor(random.uniform() * 10 / step));
    std::vector<std::size_t> order(row.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return row[i] > row[j]; });
    lk::Candidates set(row, workspace);
    for (const bool narrowed : {false, true}) {
      if (narrowed) set.keep_top(5500);
      for (const std::size_t n : {1999u, 2000u, 2001u, 5500u}) {
        const auto sorted = set.sorted(n);
        REQUIRE(sorted.size() == n);
        const auto same = [&](const lk::Candidate& each, std::size_t token) {
          return std::size_t(each.token) == token && each.score == double(row[token]);
        };
        CHECK(std::equal(sorted.begin(), sorted.end(), order.begin(), same));
      }
    }
  }
}

TEST_CASE("the best stays the best through narrowing, and is found anew after edits", "[pick]") {
  lk::Workspace workspace;
  const std::vector<float> row{1, 5, 3, 5, 2};
  lk::Candidates set(row, workspace);
  CHECK(set.best() == 1);
  set.keep_top(3);
  CHECK(set.best() == 1);
  set.ban(1);
  CHECK(set.best() == 3);
  set.keep_mass(0.5);
  CHECK(set.best() == 3);
  set.keep_above(100);
  CHECK(set.best() == lk::kNoToken);
  CHECK(set.status() == lk::Status::nothing_left);
}
