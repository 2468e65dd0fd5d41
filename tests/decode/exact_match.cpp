// SPDX-License-Identifier: MIT
// ExactMatch: as long as the draft has the most probable token.
#include <logitkit/decode/exact_match.hpp>

#include "support/catch.hpp"
#include "support/verdicts.hpp"

namespace lk = logitkit;
using test::check;
using test::weights;

TEST_CASE("the most probable token is taken, the lower of equals, and comes in place of others") {
  test::Asked asked{{weights({1, 3, 3}), weights({0, 0, 1}), weights({5, 1, 1})}, {1, 2}};
  const lk::ExactMatch rule;
  check(asked(rule, {}, {}), 2, 0);
  asked.tokens = {2, 2};
  check(asked(rule, {}, {}), 0, 1);
  CHECK(asked.looked_at == 1);
  asked.tokens = {1, 0};
  check(asked(rule, {}, {}), 1, 2);
  asked.tokens = {};
  check(asked(rule, {}, {}), 0, 1);
}
