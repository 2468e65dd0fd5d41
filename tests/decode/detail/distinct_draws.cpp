// SPDX-License-Identifier: MIT
// Draws without replacement: their law, order by order, by walking every outcome.
#include <logitkit/decode/detail/distinct_draws.hpp>

#include "reference/inputs.hpp"
#include "reference/scores.hpp"
#include "support/catch.hpp"
#include "support/enumerating_decider.hpp"
#include "support/rows.hpp"

namespace lk = logitkit;
using reference::Scores;
using Tokens = std::vector<lk::Token>;

TEST_CASE("each draw is one from what is left, in every order") {
  for (std::uint64_t seed = 0; seed < 6; ++seed) {
    auto row = reference::normal_row<double>(3 + seed % 2, seed, 1.5);
    if (seed % 3 == 2) row[1] = -std::numeric_limits<double>::infinity();
    const std::size_t length = seed % 3 == 2 ? 2 : 3;
    const Scores p = reference::probabilities(Scores(row.begin(), row.end()));
    for (const bool narrow : {false, true}) {
      lk::Workspace workspace;
      const auto outcomes = test::enumerate(
          [&](const test::EnumeratingDecider::Numbers& numbers) {
            lk::Candidates set(row, workspace);
            if (narrow) set.keep_if([](lk::Token, auto) { return true; });
            lk::detail::DistinctDraws draws;
            Tokens tokens;
            for (const std::uint64_t number : numbers) {
              tokens.push_back(draws.next(set, static_cast<double>(number) * 0x1p-53));
            }
            return tokens;
          },
          length);
      long double variation = 0, sum = 0;
      for (const auto& outcome : outcomes) {
        long double expected = 1, rest = 1;
        for (const lk::Token token : outcome.tokens) {
          expected *= p.at(static_cast<std::size_t>(token)) / rest;
          rest -= p[static_cast<std::size_t>(token)];
        }
        variation += std::fabs(outcome.probability() - expected) / 2;
        sum += expected;
      }
      CHECK(variation <= 1e-12L);
      CHECK(std::fabs(sum - 1) <= 1e-12L);  // no order is missing
    }
  }
}

TEMPLATE_TEST_CASE("all tokens come once, then none; what is left is told", "", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  test::Random random(3);
  for (const std::size_t size : {1u, 2u, 65u, 3000u}) {
    auto row = test::gauss_row<S>(size, 2, size);
    if (size > 2) row[1] = -std::numeric_limits<S>::infinity();
    const Scores p = reference::probabilities(Scores(row.begin(), row.end()));
    lk::Candidates set(row, workspace);
    lk::detail::DistinctDraws draws;
    for (int turn = 0; turn < 2; ++turn) {  // again after a restart
      draws.restart();
      std::vector<bool> seen(size, false);
      long double rest = 1;
      for (std::size_t i = 0; i < size - (size > 2); ++i) {
        const lk::Token token = draws.next(set, random.uniform());
        REQUIRE(token != lk::kNoToken);
        REQUIRE_FALSE(seen[static_cast<std::size_t>(token)]);
        seen[static_cast<std::size_t>(token)] = true;
        rest -= p[static_cast<std::size_t>(token)];
        if (i < 20 && rest > 0.01L) {
          CHECK(draws.log_rest() == Catch::Approx(double(std::log(rest))).margin(1e-5));
        }
      }
      CHECK(draws.log_rest() == -std::numeric_limits<double>::infinity());
      CHECK(draws.next(set, 0.5) == lk::kNoToken);
    }
  }
}

TEST_CASE("the first draw is that of the candidates, and a bad row gives none") {
  const auto row = test::gauss_row<float>(5000, 3, 9);
  lk::Workspace workspace;
  test::Random random(4);
  for (int i = 0; i < 50; ++i) {
    const double u = random.uniform();
    lk::Candidates a(row, workspace);
    const lk::Token token = a.draw(u);
    lk::Candidates b(row, workspace);
    lk::detail::DistinctDraws draws;
    CHECK(draws.next(b, u) == token);
  }
  const std::vector<float> banned(4, -std::numeric_limits<float>::infinity());
  lk::Candidates none(banned, workspace);
  lk::detail::DistinctDraws draws;
  CHECK(draws.next(none, 0.5) == lk::kNoToken);
}
