// SPDX-License-Identifier: MIT
// Finished hypotheses: best first, bounded, first come first among equals.
#include <logitkit/decode/detail/finished_beams.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

namespace {

lk::Generation scored(double score, lk::Token name) {
  lk::Generation generation;
  generation.score = score;
  generation.tokens = {name};
  return generation;
}

std::vector<lk::Token> names(const lk::detail::FinishedBeams& finished) {
  std::vector<lk::Token> result;
  for (const lk::Generation& each : finished.best_first()) result.push_back(each.tokens[0]);
  return result;
}

}  // namespace

TEST_CASE("hypotheses stand best first, equals in order of arrival") {
  lk::detail::FinishedBeams finished(4);
  CHECK(finished.empty());
  finished.add(scored(-2, 0));
  finished.add(scored(-1, 1));
  finished.add(scored(-2, 2));
  CHECK_FALSE(finished.full());
  CHECK(names(finished) == std::vector<lk::Token>{1, 0, 2});
  CHECK(finished.worst() == -2);
}

TEST_CASE("beyond the capacity the worst falls out, which may be the newcomer") {
  lk::detail::FinishedBeams finished(2);
  finished.add(scored(-3, 0));
  finished.add(scored(-2, 1));
  CHECK(finished.full());
  finished.add(scored(-1, 2));
  CHECK(names(finished) == std::vector<lk::Token>{2, 1});
  finished.add(scored(-9, 3));
  CHECK(names(finished) == std::vector<lk::Token>{2, 1});
  finished.add(scored(-2, 4));  // equal to the worst: it came later
  CHECK(names(finished) == std::vector<lk::Token>{2, 1});
  CHECK(finished.worst() == -2);
}
