// SPDX-License-Identifier: MIT
// What reaches a bound is found: in rows and lists, with edits, whatever k is beside the tiles.
#include <logitkit/core/detail/candidates_pick.hpp>

#include "support/catch.hpp"
#include "support/kept.hpp"
#include "support/rows.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

namespace lk = logitkit;
using test::kept;

TEMPLATE_TEST_CASE("a row and the list of its tokens have the same k best, edits included",
                   "[pick]", float, double) {
  for (const std::size_t size : {10u, 64u, 1000u, 20000u}) {
    for (const double step : {1e-9, 0.5}) {  // without and with many equals
      std::vector<TestType> row(size);
      test::Random random(size);
      for (auto& x : row)
        x = static_cast<TestType>(step * std::floor(random.uniform() * 10 / step));
      for (const std::size_t k : {1u, 2u, 40u, 150u, 313u, 1000u, 1250u, 1251u, 9999u}) {
        CAPTURE(size, step, k);
        kept(row, [&](auto& set) {
          set.add(lk::Token(size / 2), 20), set.ban(lk::Token(size / 3)), set.set(0, 9);
          set.keep_top(k);
          set.keep_only(kept(set));  // without what is banned, where all stay
        });
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

TEMPLATE_TEST_CASE("many best: scattered, close together, one a tile, equal, half banned", "[pick]",
                   float, double) {
  using S = TestType;
  constexpr std::size_t kSize = 300 * 64 + 17;
  const std::function<double(std::size_t)> shapes[] = {
      [](std::size_t i) { return double(i * 7919 % kSize); },
      [](std::size_t i) { return double(i); },
      [](std::size_t i) { return -double(i); },
      [](std::size_t i) { return double(i % 64 == i / 64 % 64 ? 1000 + i : i % 64); },
      [](std::size_t) { return 2.0; },
      [](std::size_t i) { return double(i * 7919 % kSize / 100); },
      [](std::size_t i) {
        return i % 2 == 0 ? double(i) : -std::numeric_limits<double>::infinity();
      }};
  for (std::size_t shape = 0; shape < std::size(shapes); ++shape) {
    std::vector<S> row(kSize);
    for (std::size_t i = 0; i < kSize; ++i) row[i] = S(shapes[shape](i));
    std::vector<lk::Token> order(kSize);
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](lk::Token a, lk::Token b) {
      return row[std::size_t(a)] > row[std::size_t(b)];
    });
    const auto banned = [&](lk::Token t) { return std::isinf(row[std::size_t(t)]); };
    order.erase(std::remove_if(order.begin(), order.end(), banned), order.end());
    for (const std::size_t k : {64u, 130u, 290u, 299u, 700u, 1200u, 9000u, 19000u}) {
      CAPTURE(shape, k);
      auto best = order;
      best.resize(std::min(k, best.size()));
      std::sort(best.begin(), best.end());
      lk::Workspace workspace;
      lk::Candidates set(row, workspace);
      set.keep_top(k);
      REQUIRE(kept(set) == best);
    }
  }
}

TEMPLATE_TEST_CASE("a NaN far from the best is found whatever k", "[pick]", float, double) {
  lk::Workspace workspace;
  for (const std::size_t size : {1000u, 4500u, 9000u}) {
    std::vector<TestType> row(size);
    for (std::size_t i = 0; i < size; ++i) row[i] = TestType(i % 97);
    row[7] = std::numeric_limits<TestType>::quiet_NaN();
    for (std::size_t k = 1; k < size; k += 1 + k / 8) {
      lk::Candidates set(row, workspace);
      set.keep_top(k);
      CHECK(set.status() == lk::Status::not_a_number);
    }
  }
}

TEMPLATE_TEST_CASE("where a NaN has been written there is no best token, nor another", "[pick]",
                   float, double) {
  const std::vector<TestType> row{1, 5, 3, 4, 2};
  lk::Workspace workspace;
  lk::Candidates set(row, workspace);
  set.set(2, std::numeric_limits<double>::quiet_NaN());
  CHECK(set.status() == lk::Status::not_a_number);
  CHECK((set.best() == lk::kNoToken || set.best() == 1));
}

TEMPLATE_TEST_CASE("more than there are, however many more: all", "[pick]", float, double) {
  lk::Workspace workspace;
  for (const std::size_t size : {3u, 100u, 5000u, 9000u}) {
    const auto row = test::gauss_row<TestType>(size, 2, 3);
    for (const std::size_t n :
         {size, size + 1, std::size_t(1) << 60, (std::size_t(1) << 63) + 1, std::size_t(-1)}) {
      lk::Candidates set(row, workspace);
      CHECK(set.sorted(n).size() == size);
      set.keep_top(n, true);
      CHECK(set.size() == size);
    }
  }
}
