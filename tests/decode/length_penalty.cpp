// SPDX-License-Identifier: MIT
// Length penalties: the power and GNMT's, their ends, and numbers in their place.
#include <logitkit/decode/length_penalty.hpp>

#include "support/catch.hpp"

#include <cmath>

using logitkit::LengthPenalty;

TEST_CASE("a number is the power of the length") {
  const LengthPenalty penalty = 0.6f;
  CHECK(penalty(1) == 1);
  CHECK(penalty(9) == Catch::Approx(std::pow(9.0, double(0.6f))));
  CHECK(LengthPenalty(1)(7) == 7);
  CHECK(LengthPenalty(0)(7) == 1);
  CHECK(LengthPenalty(-1)(4) == Catch::Approx(0.25));
  CHECK(LengthPenalty(3)(0) == 1);
}

TEST_CASE("GNMT's is that of Wu et al., equation 14") {
  CHECK(LengthPenalty::gnmt(1)(1) == 1);
  CHECK(LengthPenalty::gnmt(1)(7) == 2);
  CHECK(LengthPenalty::gnmt(0.2)(7) == Catch::Approx(std::pow(2.0, 0.2)));
  CHECK(LengthPenalty::gnmt(1)(0) == Catch::Approx(5.0 / 6));
}

TEST_CASE("a penalty that cannot be is named") {
  CHECK(LengthPenalty(30).check("Options").empty());
  CHECK(LengthPenalty::gnmt(-30).check("Options").empty());
  CHECK(LengthPenalty::gnmt(31).check("Options") ==
        "Options: length_penalty must satisfy -30 <= length_penalty <= 30, got 31");
  CHECK_FALSE(LengthPenalty(std::nan("")).check("Options").empty());
}
