// SPDX-License-Identifier: MIT
// TokenRule: where it takes, and what comes instead. That it is lossless: property/speculative.cpp.
#include <logitkit/decode/token_rule.hpp>

#include "support/catch.hpp"
#include "support/verdicts.hpp"

namespace lk = logitkit;
using test::check;
using test::kLast;
using test::weights;

TEST_CASE("a token is taken with probability p / q, else comes a draw from the excess") {
  test::Asked asked{{weights({1, 2, 1}), weights({1, 1, 2})}, {0}, {weights({2, 1, 1})}};
  const lk::TokenRule rule;
  check(asked(rule, {0}, {0, 0}), 1, 0);
  check(asked(rule, {0.4999}, {0, 0.5}), 1, 2);
  CHECK(asked.looked_at == 2);
  check(asked(rule, {0.5}, {0, 0}), 0, 1);  // only token 1 has more than it had
  check(asked(rule, {0.5}, {kLast, 0}), 0, 1);
  CHECK(asked.looked_at == 1);
}

TEST_CASE("what is proposed without chance is taken with its probability") {
  test::Asked asked{{weights({1, 2, 1}), weights({0, 1, 0}), weights({1, 0, 0})}, {1, 1}};
  const lk::TokenRule rule;
  check(asked(rule, {0.4999, kLast}, {0, 0, 0}), 2, 0);
  check(asked(rule, {0.5, 0}, {0.4999, 0, 0}), 0, 0);
  check(asked(rule, {0.5, 0}, {0.5, 0, 0}), 0, 2);
}

TEST_CASE("a token without mass is taken by no number, a foreign one neither") {
  test::Asked asked{{weights({1, 0, 1}), weights({1})}, {1}, {weights({1, 1})}};
  check(asked(lk::TokenRule{}, {0}, {0}), 0, 2);
  asked.tokens = {77};
  asked.drawn_from = {};
  check(asked(lk::TokenRule{}, {0}, {0}), 0, 0);
}

TEST_CASE("without a draft comes a draw from the target") {
  test::Asked asked{{weights({1, 1, 2})}, {}};
  check(asked(lk::TokenRule{}, {}, {0.5}), 0, 2);
}
