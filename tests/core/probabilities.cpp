// SPDX-License-Identifier: MIT
// Probabilities: what candidates are drawn by, to the last digit.
#include <logitkit/core/probabilities.hpp>

#include "reference/scores.hpp"
#include "support/catch.hpp"
#include "support/rows.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

Tokens tokens_of(const lk::Probabilities& p) { return {p.tokens().begin(), p.tokens().end()}; }

/// The quantiles at which `draw` changes from one token to the next, as the probabilities tell, are
/// those of the candidates.
template <class S>
void require_drawn_by(const lk::Probabilities& p, lk::Candidates<S>& candidates) {
  double before = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double after = before + p.values()[i];
    const double inside = std::min((after - before) / 2, 1e-12);
    REQUIRE(p.values()[i] > 0);
    if (inside > 1e-13) {  // else it is lost in the rounding of the sum
      REQUIRE(candidates.draw(before + inside) == p.tokens()[i]);
      REQUIRE(candidates.draw(std::min(after - inside, 1 - 0x1p-53)) == p.tokens()[i]);
    }
    before = after;
  }
  REQUIRE(before == Catch::Approx(1).epsilon(1e-12));
}

}  // namespace

TEMPLATE_TEST_CASE("Probabilities are those that the candidates are drawn with", "", float,
                   double) {
  lk::Workspace workspace;
  lk::Probabilities p;
  for (const auto& [name, row] : test::all_named_rows<TestType>()) {
    if (row.size() > 1000) continue;
    INFO(name);
    lk::Candidates<TestType> all(row, workspace);
    p.assign(all);
    require_drawn_by(p, all);
    lk::Candidates<TestType> few(row, workspace);
    few.scale(0.7);
    few.keep_top(5);
    p.assign(few);
    CHECK(p.size() <= 5);
    require_drawn_by(p, few);
  }
}

TEST_CASE("Probabilities are the softmax of the scores") {
  const std::vector<double> row = test::gauss_row<double>(70, 3, 5);
  lk::Workspace workspace;
  lk::Candidates candidates(row, workspace);
  candidates.ban(7);
  lk::Probabilities p;
  p.assign(candidates);
  reference::Scores scores(row.begin(), row.end());
  scores[7] = reference::kBanned;
  const auto expected = reference::probabilities(scores);
  for (std::size_t t = 0; t < row.size(); ++t) {
    CHECK(p[lk::Token(t)] == Catch::Approx(double(expected[t])).epsilon(1e-12).margin(1e-16));
  }
}

TEST_CASE("Probabilities: a token that cannot come is not among them") {
  const double banned = -std::numeric_limits<double>::infinity();
  lk::Workspace workspace;
  lk::Probabilities p;
  const std::vector<double> row{banned, 1, -100, 1, banned};  // exp(-101) is too little to be drawn
  lk::Candidates candidates(row, workspace);
  p.assign(candidates);
  CHECK(tokens_of(p) == Tokens{1, 3});
  CHECK(p[1] == 0.5);
  CHECK(p[0] == 0);
  CHECK(p[2] == 0);
  CHECK(p[-1] == 0);
  CHECK(p[9] == 0);
  const std::vector<double> nothing(3, banned);
  lk::Candidates none(nothing, workspace);
  p.assign(none);
  CHECK(p.size() == 0);
  CHECK(p[0] == 0);
}

TEST_CASE("Probabilities of one token, and of one's own weights") {
  lk::Probabilities p;
  p.assign(lk::Token(4));
  CHECK(tokens_of(p) == Tokens{4});
  CHECK(p[4] == 1);
  p.assign(Tokens{1, 2, 5}, std::vector<double>{3, 0, 1});
  CHECK(tokens_of(p) == Tokens{1, 5});
  CHECK(p[1] == 0.75);
  CHECK(p[2] == 0);
  CHECK(p[5] == 0.25);
}
