// SPDX-License-Identifier: MIT
// Coupled: as long as the draft has what is drawn anyway.
#include <logitkit/decode/coupled.hpp>

#include "support/catch.hpp"
#include "support/verdicts.hpp"

namespace lk = logitkit;
using test::check;
using test::weights;

TEST_CASE("what is drawn from the target is taken, and comes in place of anything else") {
  test::Asked asked{{weights({1, 1}), weights({1, 3}), weights({3, 1})}, {0, 1}};
  const lk::Coupled rule;
  check(asked(rule, {}, {0.25, 0.25, 0.75}), 2, 1);
  check(asked(rule, {}, {0.25, 0.24, 0}), 1, 0);
  CHECK(asked.looked_at == 2);
  check(asked(rule, {}, {0.5}), 0, 1);
  asked.drawn_from = {weights({1}), weights({0, 1})};  // which does not matter
  check(asked(rule, {}, {0.5}), 0, 1);
  asked.tokens = {};
  check(asked(rule, {}, {0}), 0, 0);
}
