// SPDX-License-Identifier: MIT
// MinLength: the twin; the end tokens are banned until there are n tokens, the prompt counted.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/min_length.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("MinLength agrees with its twin, wherever the prompt ends", "", float, double) {
  const reference::Tokens tokens{5, 6, 7, 8, 9, 10}, ends{0};
  for (const std::size_t prompt : {std::size_t(1), std::size_t(6)}) {
    const lk::Context context{tokens, prompt};
    for (const std::size_t n : {std::size_t(0), std::size_t(6), std::size_t(7)}) {
      reference::agree<TestType>(
          lk::MinLength{n, ends},
          [&](const Scores& s) { return reference::min_new_tokens(s, n, ends, 6); }, context);
    }
  }
}

TEST_CASE("MinLength lets the end come after exactly n tokens, prompt and generated") {
  const std::vector<float> row{1, 2, 3};
  const Scores all{1, 2, 3}, without{1, reference::kBanned, reference::kBanned};
  const reference::Tokens tokens{7, 7, 7, 7, 7};
  const auto scores = [&](std::size_t length) {
    const lk::Context context{std::span(tokens).first(length), 2};
    return reference::after(lk::MinLength{4, {2, 1}}, row, context);
  };
  CHECK(scores(2) == without);
  CHECK(scores(3) == without);
  CHECK(scores(4) == all);
  CHECK(scores(5) == all);
}

TEST_CASE("MinLength with nothing but end tokens leaves nothing") {
  const std::vector<float> row{1, 2};
  CHECK(reference::status_after(lk::MinLength{1, {0, 1}}, row) == lk::Status::nothing_left);
  CHECK(reference::status_after(lk::MinLength{1, {2}}, row) == lk::Status::token_out_of_range);
}

TEST_CASE("MinLength refuses negative numbers and tokens") {
  CHECK(lk::MinLength<>::check(0, {}).empty());
  CHECK(lk::MinLength<>::check(3, {0, 2}).empty());
  CHECK(lk::MinLength<>::check(-1, {2}) == "MinLength: n must satisfy n >= 0, got -1");
  CHECK(lk::MinLength<>::check(3, {2, -1}) ==
        "MinLength: end token must satisfy token >= 0, got -1");
  reference::refuses([] { lk::MinLength(3, {-2}); },
                     "MinLength: end token must satisfy token >= 0, got -2");
  static_assert(!lk::StatefulProcessor<lk::MinLength<>>);
}
