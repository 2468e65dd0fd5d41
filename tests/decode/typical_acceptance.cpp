// SPDX-License-Identifier: MIT
// TypicalAcceptance: the threshold, and that no test is by chance.
#include <logitkit/decode/typical_acceptance.hpp>

#include "support/catch.hpp"
#include "support/verdicts.hpp"

namespace lk = logitkit;
using test::check;
using test::weights;

TEST_CASE("a token is taken iff it is more probable than the threshold") {
  // H = ln 2: the threshold is min(epsilon, delta / 2).
  test::Asked asked{{weights({1, 1}), weights({1, 0})}, {0}};
  check(asked(lk::TypicalAcceptance(1, 0.99), {}, {0, 0}), 1, 0);
  check(asked(lk::TypicalAcceptance(0.49, 1), {}, {0, 0}), 1, 0);
  check(asked(lk::TypicalAcceptance(0.51, 1), {}, {0.5, 0}), 0, 1);  // 1/2 > 1/2 it is not
  asked.targets[0] = weights({0.05, 0.95});
  check(asked(lk::TypicalAcceptance(), {}, {0.5, 0}), 0, 1);
  check(asked(lk::TypicalAcceptance(0.049, 0.3), {}, {0.5, 0}), 1, 0);
  CHECK(asked.looked_at == 2);
  asked.tokens = {5};
  check(asked(lk::TypicalAcceptance(0, 0), {}, {0, 0}), 0, 0);  // one without mass never
}

TEST_CASE("the thresholds are checked") {
  CHECK(lk::TypicalAcceptance::check(0.09, 0.3).empty());
  CHECK_FALSE(lk::TypicalAcceptance::check(-0.1, 0.3).empty());
  CHECK_FALSE(lk::TypicalAcceptance::check(0.09, -0.1).empty());
  CHECK_FALSE(lk::TypicalAcceptance::check(0.09, 1.1).empty());
  CHECK_THROWS_WITH(lk::TypicalAcceptance(1.5, 0.3),
                    "TypicalAcceptance: epsilon must satisfy 0 <= epsilon <= 1, got 1.5");
  CHECK_THROWS_WITH(lk::TypicalAcceptance(0.1, -1),
                    "TypicalAcceptance: delta must satisfy 0 <= delta <= 1, got -1");
}
