// SPDX-License-Identifier: MIT
// Verdict: what the rules draw from, piece by piece.
#include <logitkit/decode/verdict.hpp>

#include "support/catch.hpp"
#include "support/verdicts.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;
using test::of;

TEST_CASE("what a token was drawn from: its distribution, or itself where there was no chance") {
  const Tokens tokens{4, 2};
  const std::vector<lk::Probabilities> drawn_from{of({1, 4}, {1, 3}), of({2}, {1})};
  const lk::detail::DrawnFrom by_chance(lk::Draft{tokens, drawn_from}, 0);
  CHECK(by_chance[4] == 0.75);
  CHECK(by_chance[2] == 0);
  CHECK(by_chance[9] == 0);
  const lk::detail::DrawnFrom certain(lk::Draft{tokens, {}}, 1);
  CHECK(certain[2] == 1);
  CHECK(certain[4] == 0);
}

TEST_CASE("an excess is visited where it is positive, in ascending order") {
  const auto p = of({0, 2, 3, 7}, {1, 2, 4, 1});
  const Tokens tokens{2};
  const std::vector<lk::Probabilities> q{of({1, 2, 3, 9}, {1, 1, 6, 0})};
  std::vector<std::pair<lk::Token, double>> visited;
  const auto visit = [&](lk::Token token, double excess) { visited.emplace_back(token, excess); };
  lk::detail::for_each_excess(p, 1, lk::detail::DrawnFrom({tokens, q}, 0), visit);
  CHECK(visited == std::vector<std::pair<lk::Token, double>>{{0, 0.125}, {2, 0.125}, {7, 0.125}});
  visited.clear();
  lk::detail::for_each_excess(p, 0.5, lk::detail::DrawnFrom({tokens, q}, 0), visit);
  CHECK(visited == std::vector<std::pair<lk::Token, double>>{{0, 0.0625}, {7, 0.0625}});
  visited.clear();
  lk::detail::for_each_excess(p, 1, lk::detail::DrawnFrom({tokens, {}}, 0), visit);
  CHECK(visited == std::vector<std::pair<lk::Token, double>>{{0, 0.125}, {3, 0.5}, {7, 0.125}});
}

TEST_CASE(
    "a draw takes the first token beyond its quantile, and the target where nothing exceeds") {
  const auto p = of({1, 5, 6}, {1, 2, 1});
  CHECK(lk::detail::draw(p, 0) == 1);
  CHECK(lk::detail::draw(p, 0.2499) == 1);
  CHECK(lk::detail::draw(p, 0.25) == 5);
  CHECK(lk::detail::draw(p, 0.7499) == 5);
  CHECK(lk::detail::draw(p, 0.75) == 6);
  CHECK(lk::detail::draw(p, 1 - 0x1p-53) == 6);
  CHECK(lk::detail::draw(lk::Probabilities(), 0.5) == lk::kNoToken);

  const Tokens tokens{5};
  const std::vector<lk::Probabilities> same{p};
  const lk::detail::DrawnFrom q({tokens, same}, 0);
  CHECK(lk::detail::draw_excess(p, 1, q, 0.75) == 6);
  const lk::detail::DrawnFrom certain({tokens, {}}, 0);
  CHECK(lk::detail::draw_excess(p, 1, certain, 0.49) == 1);
  CHECK(lk::detail::draw_excess(p, 1, certain, 0.5) == 6);
}
