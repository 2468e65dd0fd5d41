// SPDX-License-Identifier: MIT
// ForcePrefix: token by token, by position, then free.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/force_prefix.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;

namespace {
constexpr auto b = reference::kBanned;
}

TEMPLATE_TEST_CASE("ForcePrefix agrees with its twin", "", float, double) {
  const Tokens tokens{5, 6, 7};
  const lk::ForcePrefix prefix{{999999, 0}};
  reference::agree<TestType>(
      prefix, [](const Scores& s) { return reference::force(s, {0}); }, lk::Context{tokens, 2});
  reference::agree<TestType>(prefix, [](const Scores& s) { return s; }, lk::Context{tokens, 1});
}

TEMPLATE_TEST_CASE("ForcePrefix goes by position, whatever was accepted", "", float, double) {
  const std::vector<TestType> row{1, 2, 3};
  const lk::ForcePrefix prefix{{2, 2, 0}};
  const Tokens tokens{9, 1, 1, 1, 1};
  const auto scores = [&](std::size_t generated) {
    return reference::after(prefix, row, {std::span(tokens).first(1 + generated), 1});
  };
  CHECK(scores(0) == Scores{b, b, 0});
  CHECK(scores(1) == Scores{b, b, 0});
  CHECK(scores(2) == Scores{0, b, b});
  CHECK(scores(3) == Scores{1, 2, 3});
  CHECK(scores(4) == Scores{1, 2, 3});
}

TEST_CASE("ForcePrefix of no token changes nothing") {
  CHECK(reference::after(lk::ForcePrefix{Tokens{}}, std::vector<float>{1, 2}) == Scores{1, 2});
}

TEST_CASE("ForcePrefix of a banned token leaves nothing, of one out of range is a bad status") {
  const std::vector<float> row{1, -std::numeric_limits<float>::infinity()};
  CHECK(reference::status_after(lk::ForcePrefix{{1, 0}}, row) == lk::Status::nothing_left);
  CHECK(reference::status_after(lk::ForcePrefix{{2}}, row) == lk::Status::token_out_of_range);
  CHECK(reference::status_after(lk::ForcePrefix{{0, 2}}, row) == lk::Status::ok);
}

TEST_CASE("ForcePrefix refuses negative tokens") {
  CHECK(lk::ForcePrefix::check({}).empty());
  CHECK(lk::ForcePrefix::check({0, 5}).empty());
  CHECK(lk::ForcePrefix::check({5, -1}) == "ForcePrefix: token must satisfy token >= 0, got -1");
  reference::refuses([] { lk::ForcePrefix{{-2}}; },
                     "ForcePrefix: token must satisfy token >= 0, got -2");
  static_assert(!lk::StatefulProcessor<lk::ForcePrefix>);
}
