// SPDX-License-Identifier: MIT
// CacheIndirection: what a row reads through the table is its own history.
#include <logitkit/model/cache_indirection.hpp>

#include "support/catch.hpp"

#include <numeric>
#include <random>

namespace lk = logitkit;
using Parents = std::vector<std::size_t>;

namespace {

constexpr std::size_t kPrompt = 3, kPositions = 40;

Parents identity(std::size_t rows) {
  Parents parents(rows);
  std::iota(parents.begin(), parents.end(), std::size_t(0));
  return parents;
}

/// One search of random steps through a table, whose rows must read what they have written.
void check_search(lk::CacheIndirection& table, std::size_t beams, std::mt19937& random) {
  std::vector<std::string> cache(beams, std::string(kPositions, '?'));  // [physical row][position]
  std::vector<std::string> histories{"abc"};
  cache[0].replace(0, kPrompt, histories[0]);
  table.start(kPrompt);
  for (std::size_t position = kPrompt; position < kPositions; ++position) {
    Parents parents(1 + random() % beams);
    if (random() % 3 == 0) parents.resize(std::min(parents.size(), histories.size()));
    for (std::size_t r = 0; r < parents.size(); ++r) {
      parents[r] =
          random() % 3 == 0 ? std::min(r, histories.size() - 1) : random() % histories.size();
    }
    if (parents != identity(histories.size())) table.reorder(parents);
    table.extend();
    REQUIRE(table.rows() == parents.size());
    REQUIRE(table.positions() == position + 1);
    std::vector<std::string> next;
    for (std::size_t r = 0; r < parents.size(); ++r) {
      cache[r][position] = char('a' + random() % 26);
      next.push_back(histories[parents[r]] + cache[r][position]);
    }
    histories = next;
    for (std::size_t r = 0; r < parents.size(); ++r) {
      std::string read;
      for (const std::uint32_t physical : table.row(r)) read += cache[physical][read.size()];
      REQUIRE(read == histories[r]);
    }
  }
}

}  // namespace

TEST_CASE("each row reads its own history, search after search in one table") {
  std::mt19937 random(11);
  for (const std::size_t beams : {1u, 2u, 3u, 6u}) {
    lk::CacheIndirection table(beams, kPositions);
    for (int search = 0; search < 40; ++search) check_search(table, beams, random);
  }
}

TEST_CASE("the table says who wrote each position") {
  lk::CacheIndirection table(3, 8);
  using Row = std::vector<std::uint32_t>;
  const auto row = [&](std::size_t r) { return Row(table.row(r).begin(), table.row(r).end()); };
  table.start(2);
  CHECK(row(0) == Row{0, 0});
  table.reorder(Parents{0, 0, 0});
  CHECK(row(2) == Row{0, 0});
  table.extend();
  CHECK(row(0) == Row{0, 0, 0});
  CHECK(row(2) == Row{0, 0, 2});
  table.reorder(Parents{2, 0, 2}), table.extend();
  CHECK(row(0) == Row{0, 0, 2, 0});
  CHECK(row(1) == Row{0, 0, 0, 1});
  CHECK(row(2) == Row{0, 0, 2, 2});
  table.extend();  // the identity
  CHECK(row(1) == Row{0, 0, 0, 1, 1});
  table.reorder(Parents{1}), table.extend();
  CHECK(row(0) == Row{0, 0, 0, 1, 1, 0});
}

TEST_CASE("reading a prompt position by position is starting with it") {
  lk::CacheIndirection at_once(2, 8), one_by_one(2, 8);
  at_once.start(3);
  one_by_one.start(0);
  for (int i = 0; i < 3; ++i) one_by_one.extend();
  for (auto* table : {&at_once, &one_by_one}) table->reorder(Parents{0, 0}), table->extend();
  for (const std::size_t r : {0u, 1u}) {
    CHECK(std::equal(at_once.row(r).begin(), at_once.row(r).end(), one_by_one.row(r).begin(),
                     one_by_one.row(r).end()));
  }
}

TEST_CASE("what does not fit is refused, and the table is as it was") {
  lk::CacheIndirection table(2, 4);
  CHECK_THROWS_WITH(table.start(5),
                    "CacheIndirection: prompt must satisfy prompt <= positions, got 5");
  CHECK_THROWS_WITH(table.reorder(Parents{0}),
                    "CacheIndirection: each of parents must satisfy parent < live rows, got 0");
  table.start(3);
  CHECK_THROWS_WITH(table.reorder(Parents{0, 0, 0}),
                    "CacheIndirection: number of parents must satisfy number <= beams, got 3");
  CHECK_THROWS_WITH(table.reorder(Parents{1}),
                    "CacheIndirection: each of parents must satisfy parent < live rows, got 1");
  CHECK(table.rows() == 1);
  table.extend();
  CHECK_THROWS_WITH(table.extend(),
                    "CacheIndirection: position must satisfy position < positions, got 4");
  CHECK(table.positions() == 4);
  CHECK_THROWS_WITH(lk::CacheIndirection(0, 4).start(1),
                    "CacheIndirection: beams must satisfy beams >= 1, got 0");
}
