// SPDX-License-Identifier: MIT
// SuppressAtStart: bans at one position of the generated text, and nowhere else.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/suppress_at_start.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;

namespace {
constexpr auto b = reference::kBanned;
}

TEMPLATE_TEST_CASE("SuppressAtStart agrees with its twin", "", float, double) {
  const Tokens tokens{5, 6, 7};
  reference::agree<TestType>(
      lk::SuppressAtStart{{0}}, [](const Scores& s) { return reference::ban(s, {0}); },
      lk::Context{tokens, 3});
  reference::agree<TestType>(
      lk::SuppressAtStart{{0}}, [](const Scores& s) { return s; }, lk::Context{tokens, 2});
}

TEMPLATE_TEST_CASE("SuppressAtStart bans after exactly n generated tokens", "", float, double) {
  const std::vector<TestType> row{1, 2, 3};
  const Tokens tokens{9, 9, 9, 9, 9, 9};
  for (std::size_t n = 0; n < 3; ++n) {
    for (std::size_t generated = 0; generated < 4; ++generated) {
      const lk::Context context{std::span(tokens).first(2 + generated), 2};
      CHECK(reference::after(lk::SuppressAtStart{{2, 0}, n}, row, context) ==
            (generated == n ? Scores{b, 2, b} : Scores{1, 2, 3}));
    }
  }
}

TEST_CASE("SuppressAtStart of everything leaves nothing") {
  const std::vector<float> row{1, 2};
  CHECK(reference::status_after(lk::SuppressAtStart{{0, 1}}, row) == lk::Status::nothing_left);
  CHECK(reference::status_after(lk::SuppressAtStart{{2}}, row) == lk::Status::token_out_of_range);
  CHECK(reference::after(lk::SuppressAtStart{Tokens{}}, row) == Scores{1, 2});
}

TEST_CASE("SuppressAtStart refuses negative tokens and numbers") {
  CHECK(lk::SuppressAtStart<>::check({}).empty());
  CHECK(lk::SuppressAtStart<>::check({0, 5}, 3).empty());
  CHECK(lk::SuppressAtStart<>::check({5, -1}) ==
        "SuppressAtStart: token must satisfy token >= 0, got -1");
  CHECK(lk::SuppressAtStart<>::check({5}, -1) == "SuppressAtStart: n must satisfy n >= 0, got -1");
  reference::refuses([] { lk::SuppressAtStart{{-2}}; },
                     "SuppressAtStart: token must satisfy token >= 0, got -2");
  static_assert(!lk::StatefulProcessor<lk::SuppressAtStart<>>);
  static_assert(std::same_as<decltype(lk::SuppressAtStart{{1, 2}}), lk::SuppressAtStart<int>>);
}
