// SPDX-License-Identifier: MIT
// Finished hypotheses: best first, bounded, first come first among equals.
#include <logitkit/decode/finished_beams.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

namespace {

void add(lk::FinishedBeams& finished, double key, lk::Token name) {
  lk::Generation generation;
  generation.tokens = {name};
  finished.add(std::move(generation), key);
}

std::vector<lk::Token> names(const lk::FinishedBeams& finished) {
  std::vector<lk::Token> result;
  for (const lk::Generation& each : finished.best_first()) result.push_back(each.tokens[0]);
  return result;
}

}  // namespace

TEST_CASE("hypotheses stand best first, equals in order of arrival") {
  lk::FinishedBeams finished(4);
  CHECK(finished.empty());
  add(finished, -2, 0);
  add(finished, -1, 1);
  add(finished, -2, 2);
  CHECK(finished.size() == 3);
  CHECK(names(finished) == std::vector<lk::Token>{1, 0, 2});
  CHECK(finished.keys().back() == -2);
}

TEST_CASE("beyond the capacity the worst falls out, which may be the newcomer") {
  lk::FinishedBeams finished(2);
  add(finished, -3, 0);
  add(finished, -2, 1);
  CHECK_FALSE(finished.takes(-3));
  CHECK(finished.takes(-2.5));
  add(finished, -1, 2);
  CHECK(names(finished) == std::vector<lk::Token>{2, 1});
  add(finished, -9, 3);
  CHECK(names(finished) == std::vector<lk::Token>{2, 1});
  add(finished, -2, 4);  // equal to the worst: it came later
  CHECK(names(finished) == std::vector<lk::Token>{2, 1});
  CHECK(finished.keys().back() == -2);
}
