// SPDX-License-Identifier: MIT
// BlockRule: what it takes that TokenRule does not. That it is lossless: property/speculative.cpp.
#include <logitkit/decode/block_rule.hpp>

#include "support/catch.hpp"
#include "support/verdicts.hpp"

namespace lk = logitkit;
using test::check;
using test::kLast;
using test::weights;

TEST_CASE("a longer part may pass where a shorter one does not") {
  // r = 1/2 after the first token and 1 after the second, which the target likes twice as much.
  test::Asked asked{{weights({1, 3}), weights({2, 0}), weights({1, 1})},
                    {0, 0},
                    {weights({2, 2}), weights({1, 1})}};
  const lk::BlockRule rule;
  check(asked(rule, {kLast, kLast}, {0, 0, 0.5}), 2, 1);
  CHECK(asked.looked_at == 3);
}

TEST_CASE("what the target likes better than the drafter makes up for nothing that follows") {
  // r = min(1, 2) after the first token, and half of that after the second.
  test::Asked asked{{weights({1, 0}), weights({1, 3}), weights({0, 1})},
                    {0, 0},
                    {weights({1, 1}), weights({1, 1})}};
  const lk::BlockRule rule;
  check(asked(rule, {kLast, 0.4999}, {0, 0, 0}), 2, 1);
  check(asked(rule, {kLast, 0.5}, {0, 0, 0}), 1, 1);
}

TEST_CASE("parts pass with R / (R + 1 - r), the whole with r") {
  // r = 1/2, then R = max(1/2 - 1/4, 0) = 1/4: the first token passes with 1/3.
  test::Asked asked{{weights({1, 3}), weights({1, 0}), weights({1, 1})},
                    {0, 1},
                    {weights({2, 2}), weights({1, 3})}};
  const lk::BlockRule rule;
  check(asked(rule, {0.3333, 0}, {0, 0, 0}), 1, 0);
  CHECK(asked.looked_at == 2);  // the second has no mass, so nothing longer can pass
  check(asked(rule, {0.3334, 0}, {0, 0, 0}), 0, 1);
  asked.tokens = {0, 0};
  asked.targets[1] = weights({1, 7});
  check(asked(rule, {kLast, 0.2499}, {0, 0, 0}), 2, 0);  // r = 1/2 * (1/8) / (1/4)
  check(asked(rule, {kLast, 0.25}, {0, 0, 0}), 0, 1);
}

TEST_CASE("what follows a part is drawn from r p - q") {
  // r = 1/2, then r p - q = (0, -7/8, 3/8), while p - q would have mass on token 0, too.
  test::Asked asked{
      {weights({1, 3}), weights({2, 0, 6})}, {0, 1}, {weights({2, 2}), weights({1, 7})}};
  const lk::BlockRule rule;
  check(asked(rule, {0.4285, 0}, {0, 0, 0}), 1, 2);  // it passes with (3/8) / (3/8 + 1/2)
  check(asked(rule, {0.4286, 0}, {0, 0, 0}), 0, 1);
}

TEST_CASE("of one token it is the token rule") {
  test::Asked asked{{weights({1, 2, 1}), weights({1, 1, 2})}, {0}, {weights({2, 1, 1})}};
  const lk::BlockRule rule;
  check(asked(rule, {0.4999}, {0, 0.5}), 1, 2);
  check(asked(rule, {0.5}, {kLast, 0}), 0, 1);
}

TEST_CASE("a draft from the target itself is taken whole") {
  const auto p = weights({3, 1, 2});
  test::Asked asked{{p, p, p}, {0, 2}, {p, p}};
  check(asked(lk::BlockRule{}, {kLast, kLast}, {0, 0, kLast}), 2, 2);
}

TEST_CASE("without a draft comes a draw from the target, and a foreign token is not taken") {
  test::Asked asked{{weights({1, 1, 2}), weights({1})}, {}};
  check(asked(lk::BlockRule{}, {}, {0.5}), 0, 2);
  asked.tokens = {77};
  check(asked(lk::BlockRule{}, {0}, {0.5}), 0, 2);
  asked.drawn_from = {weights({1, 1})};  // which is not true: it was not drawn from this
  check(asked(lk::BlockRule{}, {0}, {0.5}), 0, 2);
}
