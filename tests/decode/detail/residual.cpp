// SPDX-License-Identifier: MIT
// Residual: two distributions side by side, what a rejection leaves, and the ends of a draw.
#include <logitkit/decode/detail/residual.hpp>

#include "support/catch.hpp"
#include "support/verdicts.hpp"

namespace lk = logitkit;
using lk::detail::Residual;
using test::of;

namespace {

void check(const Residual& residual, lk::Token token, double p, double q) {
  CAPTURE(token);
  CHECK(residual[token].p == p);
  CHECK(residual[token].q == q);
}

}  // namespace

TEST_CASE("what a rejection leaves is (share p - q)+", "[residual]") {
  const lk::Probabilities p = of({1, 4, 7}, {2, 1, 1}), q = of({0, 4, 7, 9}, {1, 1, 4, 2});
  Residual residual;
  residual.assign(p, &q);
  check(residual, 0, 0, 0.125);
  check(residual, 1, 0.5, 0);
  check(residual, 4, 0.25, 0.125);
  check(residual, 5, 0, 0);
  check(residual, 9, 0, 0.25);
  CHECK(residual.reject(7, 1) == 0.625);
  check(residual, 1, 0.8, 0);
  check(residual, 4, 0.2, 0.125);
  check(residual, 7, 0, 0.5);
  residual.remove(7);
  check(residual, 0, 0, 0.25);
  check(residual, 7, 0, 0);
  check(residual, 9, 0, 0.5);
  residual.assign(p, &q);
  CHECK(residual.reject(7, 0.5) == 0.25);  // of 4 nothing is left
  check(residual, 1, 1, 0);
  CHECK(residual.draw(0.999) == 1);
}

TEST_CASE("a child without chance is certain", "[residual]") {
  Residual residual;
  residual.assign(of({1, 4, 7}, {2, 1, 1}), nullptr);
  check(residual, 1, 0.5, 1);
  check(residual, 3, 0, 1);
  CHECK(residual.reject(1, 1) == 0.5);
  check(residual, 1, 0, 1);
  check(residual, 4, 0.5, 1);
  residual.remove(1);
  check(residual, 7, 0.5, 1);
}

TEST_CASE("a residual of no mass is the target", "[residual]") {
  const lk::Probabilities p = of({2, 3}, {1, 3});
  Residual residual;
  residual.assign(p, &p);
  CHECK(residual.reject(3, 1) == 0);
  check(residual, 2, 0.25, 0.25);
  residual.remove(2);
  residual.remove(3);
  check(residual, 3, 0.75, 0);
}

TEST_CASE("a draw takes no token of probability 0, and ends with the last", "[residual]") {
  Residual residual;
  const lk::Probabilities q = of({0, 9}, {1, 1});
  residual.assign(of({2, 3}, {1, 3}), &q);
  CHECK(residual.draw(0.0) == 2);
  CHECK(residual.draw(0.25 - 0x1p-53) == 2);
  CHECK(residual.draw(0.25) == 3);
  CHECK(residual.draw(1 - 0x1p-53) == 3);
  residual.assign(lk::Probabilities(), &q);
  CHECK(residual.draw(0.5) == lk::kNoToken);
}
