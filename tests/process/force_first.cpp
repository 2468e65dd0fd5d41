// SPDX-License-Identifier: MIT
// ForceFirst: the first generated token, whatever the prompt, and no other.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/force_first.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;

namespace {
constexpr auto b = reference::kBanned;
}

TEMPLATE_TEST_CASE("ForceFirst agrees with its twin", "", float, double) {
  const Tokens tokens{5, 6, 7};
  reference::agree<TestType>(
      lk::ForceFirst{0}, [](const Scores& s) { return reference::force(s, {0}); },
      lk::Context{tokens, 3});
  reference::agree<TestType>(
      lk::ForceFirst{0}, [](const Scores& s) { return s; }, lk::Context{tokens, 2});
}

TEMPLATE_TEST_CASE("ForceFirst forces after a prompt of any length, once", "[peers]", float,
                   double) {
  const std::vector<TestType> row{1, 2, 3};
  const Tokens tokens{9, 9, 9, 9};
  for (std::size_t prompt = 0; prompt <= tokens.size(); ++prompt) {
    for (std::size_t length = prompt; length <= tokens.size(); ++length) {
      const lk::Context context{std::span(tokens).first(length), prompt};
      CHECK(reference::after(lk::ForceFirst{1}, row, context) ==
            (length == prompt ? Scores{b, 0, b} : Scores{1, 2, 3}));
    }
  }
}

TEST_CASE("ForceFirst of a banned token leaves nothing, of one out of range is a bad status") {
  const std::vector<float> row{1, -std::numeric_limits<float>::infinity()};
  CHECK(reference::status_after(lk::ForceFirst{1}, row) == lk::Status::nothing_left);
  CHECK(reference::status_after(lk::ForceFirst{2}, row) == lk::Status::token_out_of_range);
  CHECK(reference::status_after(lk::ForceFirst{0}, row) == lk::Status::ok);
}

TEST_CASE("ForceFirst refuses a negative token") {
  CHECK(lk::ForceFirst::check(0).empty());
  CHECK(lk::ForceFirst::check(-1) == "ForceFirst: token must satisfy token >= 0, got -1");
  reference::refuses([] { lk::ForceFirst{-2}; },
                     "ForceFirst: token must satisfy token >= 0, got -2");
  static_assert(!lk::StatefulProcessor<lk::ForceFirst>);
}
