// SPDX-License-Identifier: MIT
// CopyPlan: makes the rows what they should be, in the fewest copies that there are.
#include <logitkit/model/copy_plan.hpp>

#include "support/catch.hpp"

#include <map>
#include <random>

namespace lk = logitkit;
using Parents = std::vector<std::size_t>;

namespace {

constexpr std::size_t kNobody = 99;

/// Carries a plan out on rows that hold their own numbers, and says how many copies it took.
std::size_t check_plan(const Parents& parents, std::size_t rows, std::size_t spare) {
  CAPTURE(parents, rows);
  std::vector<std::size_t> cache(spare + 1, kNobody);
  for (std::size_t r = 0; r < rows; ++r) cache[r] = r;
  lk::CopyPlan plan(spare);
  const auto copies = plan.reorder(parents);
  for (const auto [from, to] : copies) {
    REQUIRE(from != to);
    REQUIRE((to < parents.size() ? parents[to] != to : to == spare));
    REQUIRE(cache.at(from) != kNobody);
    cache.at(to) = cache[from];
  }
  for (std::size_t r = 0; r < parents.size(); ++r) REQUIRE(cache[r] == parents[r]);
  return copies.size();
}

/// The fewest copies from rows that hold their own numbers to each of all `count` first cells, by
/// breadth-first search over what is in max(rows, count) cells and one more.
std::map<Parents, std::size_t> fewest_copies(std::size_t rows, std::size_t count) {
  const std::size_t cells = std::max(rows, count) + 1, values = rows + 1;  // the last: nothing
  std::size_t states = 1;
  for (std::size_t i = 0; i < cells; ++i) states *= values;
  std::vector<std::size_t> power(cells, 1);
  for (std::size_t i = 1; i < cells; ++i) power[i] = power[i - 1] * values;
  const auto cell = [&](std::size_t state, std::size_t i) { return state / power[i] % values; };

  std::size_t first = 0;
  for (std::size_t i = 0; i < cells; ++i) first += std::min(i, rows) * power[i];
  std::vector<std::size_t> distance(states, kNobody), queue{first};
  distance[first] = 0;
  std::map<Parents, std::size_t> fewest;
  for (std::size_t head = 0; head < queue.size(); ++head) {  // nearest first
    const std::size_t state = queue[head];
    Parents reached;
    for (std::size_t i = 0; i < count; ++i) reached.push_back(cell(state, i));
    fewest.try_emplace(reached, distance[state]);
    for (std::size_t from = 0; from < cells; ++from) {
      for (std::size_t to = 0; to < cells; ++to) {
        const std::size_t next =
            state - cell(state, to) * power[to] + cell(state, from) * power[to];
        if (distance[next] != kNobody) continue;
        distance[next] = distance[state] + 1;
        queue.push_back(next);
      }
    }
  }
  return fewest;
}

}  // namespace

TEST_CASE("no plan is shorter: all parents from 1 to 5 rows to 1 to 5 rows, by exhaustion") {
  std::size_t cases = 0;
  for (std::size_t rows = 1; rows <= 5; ++rows) {
    for (std::size_t count = 1; count <= 5; ++count) {
      for (const auto& [parents, fewest] : fewest_copies(rows, count)) {
        if (*std::max_element(parents.begin(), parents.end()) == rows) continue;  // nothing
        REQUIRE(check_plan(parents, rows, std::max(rows, count)) == fewest);
        ++cases;
      }
    }
  }
  CHECK(cases == 5699);  // the sum of rows^count
}

TEST_CASE("many rows: as many copies as the formula says") {
  std::mt19937 random(5);
  for (std::size_t trial = 0; trial < 300; ++trial) {
    const std::size_t rows = 1 + random() % 40, count = 1 + random() % 40;
    Parents parents(count);
    for (std::size_t r = 0; r < count; ++r) parents[r] = random() % rows;
    if (trial % 2 == 0 && count <= rows) {  // a permutation, or a part of one
      for (std::size_t r = 0; r < count; ++r) parents[r] = r;
      std::shuffle(parents.begin(), parents.end(), random);
    }
    // A ring: rows that all have one child, which is another one of them.
    std::size_t expected = 0;
    std::vector<std::size_t> children(std::max(rows, count));
    for (std::size_t r = 0; r < count; ++r) ++children[parents[r]];
    for (std::size_t r = 0; r < count; ++r) {
      expected += parents[r] != r;
      std::size_t at = r, least = r;
      bool ring = parents[r] != r;
      for (std::size_t i = 0; ring && (i == 0 || at != r); ++i) {
        ring = at < count && children[at] == 1 && i <= count;
        least = std::min(least, at);
        if (ring) at = parents[at];
      }
      expected += ring && least == r;
    }
    CHECK(check_plan(parents, rows, 40) == expected);
  }
}

TEST_CASE("the plans that one would write by hand") {
  const auto planned = [](const Parents& parents) {
    lk::CopyPlan plan(9);
    std::string text;
    for (const auto [from, to] : plan.reorder(parents)) {
      text += std::to_string(from) + '>' + std::to_string(to) + ' ';
    }
    return text;
  };
  CHECK(planned({}).empty());
  CHECK(planned({0, 1, 2, 3}).empty());
  CHECK(planned({0, 1}).empty());               // the last rows end
  CHECK(planned({0, 0}) == "0>1 ");             // the first fork
  CHECK(planned({1, 0}) == "0>9 1>0 9>1 ");     // two change places
  CHECK(planned({1, 0, 0}) == "0>2 1>0 2>1 ");  // the child outside saves the spare row
  CHECK(planned({3}) == "3>0 ");
  CHECK(planned({2, 3}) == "3>1 2>0 ");
}

TEST_CASE("a plan may be used again, and a copy of it goes on by itself") {
  lk::CopyPlan plan(4);
  CHECK(plan.reorder(Parents{0, 0, 0, 0}).size() == 3);
  CHECK(plan.reorder(Parents{1, 0, 3, 2}).size() == 6);
  CHECK(plan.reorder(Parents{1, 0}).size() == 3);
  auto copy = plan;
  CHECK(copy.reorder(Parents{3, 2, 1}).size() == 4);
}

TEST_CASE("what names no row is refused") {
  lk::CopyPlan plan(3);
  CHECK(plan.check(Parents{2, 1, 0}).empty());
  CHECK_THROWS_WITH(plan.reorder(Parents{0, 3}),
                    "CopyPlan: each of parents must satisfy parent < spare, got 3");
  CHECK_THROWS_WITH(plan.reorder(Parents(4)),
                    "CopyPlan: number of parents must satisfy number <= spare, got 4");
}
