// SPDX-License-Identifier: MIT
// The rows of a step: listed one by one or part by part, and when there is nothing to move.
#include <logitkit/decode/detail/next_rows.hpp>

#include "support/catch.hpp"

#include <algorithm>

namespace lk = logitkit;
using Parents = std::vector<std::size_t>;

namespace {

lk::BeamStep step_of(lk::detail::NextRows& rows, const Parents& parents, std::size_t old_rows) {
  rows.restart();
  for (const std::size_t parent : parents) rows.add(lk::Token(parent) + 10, parent);
  return rows.step(old_rows);
}

}  // namespace

TEST_CASE("identity is every row in its place, and none that is gone or new") {
  lk::detail::NextRows rows;
  CHECK(step_of(rows, {0, 1, 2}, 3).identity);
  CHECK_FALSE(step_of(rows, {0, 1}, 3).identity);
  CHECK_FALSE(step_of(rows, {0, 0}, 1).identity);
  CHECK_FALSE(step_of(rows, {1, 0}, 2).identity);
  CHECK_FALSE(step_of(rows, {1}, 1).identity);
  const lk::BeamStep end = step_of(rows, {}, 3);  // nothing to do is nothing to move
  CHECK((end.tokens.empty() && end.parents.empty() && end.identity));
}

TEST_CASE("parts stand one behind the other, their parents from the first row of each on") {
  lk::detail::NextRows part, rows;
  rows.add(step_of(part, {1, 0}, 2), 0);
  rows.add(step_of(part, {0, 0}, 1), 2);
  const lk::BeamStep all = rows.step(3);
  CHECK(std::ranges::equal(all.tokens, std::vector<lk::Token>{11, 10, 10, 10}));
  CHECK(std::ranges::equal(all.parents, Parents{1, 0, 2, 2}));
  CHECK_FALSE(all.identity);
}
