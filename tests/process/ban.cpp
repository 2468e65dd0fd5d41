// SPDX-License-Identifier: MIT
// Ban: the twin; a banned token is never drawn, whatever the random number.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/ban.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("Ban agrees with its twin", "", float, double) {
  reference::agree<TestType>(lk::Ban{{0}}, [](const Scores& s) { return reference::ban(s, {0}); });
  for (const std::size_t size : {std::size_t(65), std::size_t(1000)}) {
    reference::for_each_trial<TestType>(
        size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
          const reference::Tokens tokens{64, 0, 7, 7, 31, static_cast<lk::Token>(size / 2)};
          const Scores slow = reference::ban(before, tokens);
          lk::Ban{tokens}(fast, {});
          const bool left = reference::count_kept(slow) > 0;
          if ((fast.status() == lk::Status::ok) != left) return lk::to_string(fast.status());
          return reference::difference(reference::scores_of(fast), slow,
                                       reference::tolerance(slow, row));
        });
  }
}

TEMPLATE_TEST_CASE("a banned token is not drawn at u = 0, nor at the largest u", "[peers]", float,
                   double) {
  for (const std::size_t size : {std::size_t(3), std::size_t(64), std::size_t(130)}) {
    const auto last = static_cast<lk::Token>(size - 1);
    const auto row = reference::normal_row<TestType>(size, size);
    for (const bool narrow : {false, true}) {
      lk::Workspace workspace;
      lk::Candidates<TestType> candidates(row, workspace);
      if (narrow) candidates.keep_if([](lk::Token, auto) { return true; });
      lk::Ban{{0, last}}(candidates, {});
      CAPTURE(size, narrow);
      CHECK(candidates.draw(0) == 1);
      CHECK(candidates.draw(1 - 0x1p-53) == last - 1);
      for (int i = 0; i < 50; ++i) {
        const lk::Token drawn = candidates.draw(0.02 * i);
        if (drawn <= 0 || drawn >= last) FAIL_CHECK("drew " << drawn);
      }
    }
  }
}

TEMPLATE_TEST_CASE("whole tiles banned at either end are not drawn", "", float, double) {
  const std::vector<TestType> row(64 * 5, 1);
  reference::Tokens ends;
  for (lk::Token t = 0; t < 320; ++t) {
    if (t < 128 || t >= 256) ends.push_back(t);
  }
  lk::Workspace workspace;
  lk::Candidates<TestType> candidates(row, workspace);
  lk::Ban{ends}(candidates, {});
  CHECK(candidates.draw(0) == 128);
  CHECK(candidates.draw(0.5) == 192);
  CHECK(candidates.draw(1 - 0x1p-53) == 255);
}

TEMPLATE_TEST_CASE("Ban of the last token leaves nothing, and no other token instead", "", float,
                   double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{banned, 1, 2, banned};
  CHECK(reference::status_after(lk::Ban{{1, 2}}, row) == lk::Status::nothing_left);
  lk::Workspace workspace;
  lk::Candidates<TestType> candidates(row, workspace);
  lk::Ban{{1, 2}}(candidates, {});
  CHECK(candidates.draw(0) == lk::kNoToken);
  CHECK(candidates.best() == lk::kNoToken);
}

TEST_CASE("Ban of a token that the row does not have is a bad status") {
  const std::vector<float> row{1, 2, 3};
  CHECK(reference::status_after(lk::Ban{{3}}, row) == lk::Status::token_out_of_range);
  CHECK(reference::status_after(lk::Ban{{}}, row) == lk::Status::ok);
}

TEST_CASE("Ban refuses negative tokens") {
  CHECK(lk::Ban::check({}).empty());
  CHECK(lk::Ban::check({0, 5}).empty());
  CHECK(lk::Ban::check({5, -1}) == "Ban: token must satisfy token >= 0, got -1");
  reference::refuses([] { lk::Ban{{5, -4}}; }, "Ban: token must satisfy token >= 0, got -4");
  static_assert(!lk::StatefulProcessor<lk::Ban>);
}
