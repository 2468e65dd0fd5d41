// SPDX-License-Identifier: MIT
// AllowOnly: the twin; any order, duplicates, tokens that are banned already.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/allow_only.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("AllowOnly agrees with its twin", "", float, double) {
  reference::agree<TestType>(lk::AllowOnly{{0}},
                             [](const Scores& s) { return reference::allow_only(s, {0}); });
  for (const std::size_t size : {std::size_t(65), std::size_t(1000)}) {
    reference::for_each_trial<TestType>(
        size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
          const reference::Tokens tokens{64, 0, 7, 7, 31, 40, static_cast<lk::Token>(size / 2), 63};
          const Scores slow = reference::allow_only(before, tokens);
          lk::AllowOnly{tokens}(fast, {});
          const bool left = reference::count_kept(slow) > 0;
          if ((fast.status() == lk::Status::ok) != left) return lk::to_string(fast.status());
          return reference::difference(reference::scores_of(fast), slow,
                                       reference::tolerance(slow, row));
        });
  }
}

TEMPLATE_TEST_CASE("AllowOnly gives its tokens in ascending order, each once", "", float, double) {
  const std::vector<TestType> row{5, 6, 7, 8, 9};
  lk::Workspace workspace;
  lk::Candidates<TestType> candidates(row, workspace);
  lk::AllowOnly{{4, 1, 4, 2, 1}}(candidates, {});
  std::vector<lk::Token> seen;
  for (const auto [token, score] : candidates) {
    seen.push_back(token);
    CHECK(score == row[static_cast<std::size_t>(token)]);
  }
  CHECK(seen == std::vector<lk::Token>{1, 2, 4});
}

TEMPLATE_TEST_CASE("AllowOnly never brings a banned token back", "", float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{1, banned, 2};
  CHECK(reference::status_after(lk::AllowOnly{{1}}, row) == lk::Status::nothing_left);
  const auto twice = [](auto& candidates, const lk::Context& context) {
    lk::AllowOnly{{0, 1}}(candidates, context);
    lk::AllowOnly{{1, 2}}(candidates, context);
  };
  CHECK(reference::status_after(twice, row) == lk::Status::nothing_left);
  CHECK(reference::status_after(twice, std::vector<TestType>{1, 2, 3}) == lk::Status::ok);
}

TEST_CASE("AllowOnly of a token that the row does not have is a bad status") {
  const std::vector<float> row{1, 2, 3};
  CHECK(reference::status_after(lk::AllowOnly{{3}}, row) == lk::Status::token_out_of_range);
  CHECK(reference::status_after(lk::AllowOnly{{0, 3}}, row) == lk::Status::token_out_of_range);
}

TEST_CASE("AllowOnly refuses no tokens and negative ones") {
  CHECK(lk::AllowOnly::check({0}).empty());
  CHECK(lk::AllowOnly::check({}) == "AllowOnly: tokens must satisfy length >= 1, got 0");
  CHECK(lk::AllowOnly::check({2, -1}) == "AllowOnly: token must satisfy token >= 0, got -1");
  reference::refuses([] { lk::AllowOnly{std::vector<lk::Token>{}}; },
                     "AllowOnly: tokens must satisfy length >= 1, got 0");
  reference::refuses([] { lk::AllowOnly{{-3}}; },
                     "AllowOnly: token must satisfy token >= 0, got -3");
  static_assert(!lk::StatefulProcessor<lk::AllowOnly>);
}
