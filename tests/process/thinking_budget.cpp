// SPDX-License-Identifier: MIT
// ThinkingBudget: the twin on random texts; sections in the prompt, one after another, cut short.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/thinking_budget.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;
using reference::with_history;

namespace {

/// The one token that is left of V = 10, or -1 if all are.
lk::Token forced_by(const auto& budget) {
  const std::vector<float> row(10, 1.5f);
  const Scores scores = reference::after(budget, row);
  const std::size_t kept = reference::count_kept(scores);
  if (kept == row.size()) return -1;
  REQUIRE(kept == 1);
  const auto token = reference::best_first(scores)[0];
  CHECK(scores[token] == 0);
  return static_cast<lk::Token>(token);
}

}  // namespace

TEMPLATE_TEST_CASE("ThinkingBudget agrees with its twin", "", float, double) {
  const lk::ThinkingBudget budget{2, {8}, {9, 0}};
  reference::agree<TestType>(with_history(budget, {8}, {1, 9}),
                             [](const Scores& s) { return reference::force(s, {0}); });
  reference::agree<TestType>(with_history(budget, {8}, {1}), [](const Scores& s) { return s; });
}

TEST_CASE("ThinkingBudget agrees with its twin along random texts") {
  reference::Bits bits(4);
  const auto draw = [&](std::size_t length) {
    Tokens tokens(length);
    for (auto& token : tokens) token = static_cast<lk::Token>(bits.below(3));
    return tokens;
  };
  for (int round = 0; round < 300; ++round) {
    const std::size_t n = bits.below(5);
    const Tokens begin = draw(1 + bits.below(3)), end = draw(1 + bits.below(4));
    Tokens forced = draw(bits.below(4));
    forced.insert(forced.end(), end.begin(), end.end());
    lk::ThinkingBudget budget{n, begin, end, forced};
    Tokens text;
    for (int i = 0; i < 60; ++i) {
      const lk::Token token = reference::forced_token(text, n, begin, end, forced);
      if (forced_by(budget) != token) FAIL_CHECK("round " << round << ", after " << i);
      // What is forced comes, or now and then not: the engine may accept any token.
      const bool obeys = token >= 0 && bits.below(8) != 0;
      text.push_back(obeys ? token : static_cast<lk::Token>(bits.below(3)));
      budget.accept(text.back());
    }
  }
}

TEST_CASE("ThinkingBudget forces the end, token by token, after n tokens") {
  lk::ThinkingBudget budget{3, {7}, {8, 9}};
  CHECK(forced_by(budget) == -1);
  budget.accept(7);
  for (const lk::Token token : {1, 2, 3}) {
    CHECK(forced_by(budget) == -1);
    budget.accept(token);
  }
  CHECK(forced_by(budget) == 8);
  budget.accept(8);
  CHECK(forced_by(budget) == 9);
  budget.accept(9);
  for (const lk::Token token : {1, 2, 3, 4, 8, 5}) {
    CHECK(forced_by(budget) == -1);
    budget.accept(token);
  }
}

TEST_CASE("ThinkingBudget goes on where the text has begun the end by itself") {
  const lk::ThinkingBudget budget{3, {7}, {8, 9}};
  CHECK(forced_by(with_history(budget, {7}, {1, 2, 8})) == 9);
  CHECK(forced_by(with_history(budget, {7}, {1, 2, 8, 8})) == 9);
  CHECK(forced_by(with_history(budget, {7}, {1, 2, 8, 3})) == 8);
}

TEST_CASE("ThinkingBudget counts the tokens of a section that the prompt has begun", "[peers]") {
  const lk::ThinkingBudget budget{3, {7}, {8}};
  CHECK(forced_by(with_history(budget, {7, 1, 2})) == -1);
  CHECK(forced_by(with_history(budget, {7, 1, 2}, {3})) == 8);
  CHECK(forced_by(with_history(budget, {7, 1, 8}, {3, 4, 5})) == -1);
  CHECK(forced_by(with_history(budget, {7, 1, 8, 7}, {3, 4})) == -1);
  CHECK(forced_by(with_history(budget, {7, 1, 8, 7}, {3, 4, 5})) == 8);
}

TEST_CASE("ThinkingBudget gives each section the whole budget", "[peers]") {
  const lk::ThinkingBudget budget{2, {7}, {8}};
  CHECK(forced_by(with_history(budget, {}, {7, 1, 2, 8, 7, 1})) == -1);
  CHECK(forced_by(with_history(budget, {}, {7, 1, 2, 8, 7, 1, 2})) == 8);
}

TEST_CASE("ThinkingBudget knows sequences that overlap themselves", "[peers]") {
  const lk::ThinkingBudget budget{0, {1, 1, 2}, {3, 3, 4}};
  CHECK(forced_by(with_history(budget, {}, {1, 1, 1, 2})) == 3);  // the false start is a start
  CHECK(forced_by(with_history(budget, {}, {1, 1, 1, 2, 3, 3, 3})) == 4);
  CHECK(forced_by(with_history(budget, {}, {1, 1, 1, 2, 3, 3, 3, 4})) == -1);
}

TEST_CASE("ThinkingBudget says what it is given to say before the end") {
  const lk::ThinkingBudget budget{1, {7}, {8}, {5, 6, 8}};
  Tokens generated{1};
  for (const lk::Token token : {5, 6, 8}) {
    CHECK(forced_by(with_history(budget, {7}, generated)) == token);
    generated.push_back(token);
  }
  CHECK(forced_by(with_history(budget, {7}, generated)) == -1);
}

TEST_CASE("ThinkingBudget: a forced token that is banned leaves nothing") {
  const std::vector<float> row{1, 2, -std::numeric_limits<float>::infinity()};
  const lk::ThinkingBudget budget{0, {7}, {2}};
  CHECK(reference::status_after(with_history(budget, {7}), row) == lk::Status::nothing_left);
  CHECK(reference::status_after(with_history(budget, {7}), std::vector<float>{1, 2}) ==
        lk::Status::token_out_of_range);
}

TEST_CASE(
    "ThinkingBudget refuses negative numbers, empty sequences, and a forced text without end") {
  using Budget = lk::ThinkingBudget<>;
  CHECK(Budget::check(0, {1}, {2}).empty());
  CHECK(Budget::check(5, {1, 2}, {3, 4}, {9, 3, 4}).empty());
  CHECK(Budget::check(-1, {1}, {2}, {2}) == "ThinkingBudget: n must satisfy n >= 0, got -1");
  CHECK(Budget::check(5, {}, {2}, {2}) == "ThinkingBudget: begin must satisfy length >= 1, got 0");
  CHECK(Budget::check(5, {1}, {}, {2}) == "ThinkingBudget: end must satisfy length >= 1, got 0");
  CHECK(Budget::check(5, {1}, {-2}, {-2}) ==
        "ThinkingBudget: token must satisfy token >= 0, got -2");
  const auto unclosed = "ThinkingBudget: the last tokens of forced must be those of end";
  CHECK(Budget::check(5, {1}, {2, 3}, {3}) == unclosed);
  CHECK(Budget::check(5, {1}, {2, 3}, {2, 3, 4}) == unclosed);
  reference::refuses([] { lk::ThinkingBudget(5, {1}, {2}, {3}); }, unclosed);
  static_assert(lk::StartingProcessor<Budget> && lk::AcceptingProcessor<Budget>);
}
