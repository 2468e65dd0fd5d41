// SPDX-License-Identifier: MIT
// EncoderRepetitionPenalty: the twin, both signs, the direction, refusals.
#include "support/catch.hpp"

#include "reference/penalties.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/encoder_repetition_penalty.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;

TEMPLATE_TEST_CASE("EncoderRepetitionPenalty agrees with its twin", "", float, double) {
  const Tokens source{40, 0, 5, 0, 62, 64, 5, 999, 1, 123456, -1};  // some in no small vocabulary
  for (const double r : {0.5, 1.0, 1.25, 3.0}) {
    reference::agree<TestType>(lk::EncoderRepetitionPenalty{r, source}, [&](const Scores& s) {
      return reference::encoder_repetition_penalty(s, r, source);
    });
  }
}

TEMPLATE_TEST_CASE("EncoderRepetitionPenalty above 1 rewards the source, whatever the sign",
                   "[peers]", float, double) {
  const std::vector<TestType> row{2, -2, 0, -0.0, 3};
  const lk::EncoderRepetitionPenalty reward{2.0, {1, 0, 2, 3, 1, 1}};
  CHECK(reference::after(reward, row) == Scores{4, -1, 0, 0, 3});
  CHECK(reference::after(reward, row) == Scores{4, -1, 0, 0, 3});  // looking adds nothing
  const lk::EncoderRepetitionPenalty penalty{0.5, {0, 1, 2, 3}};
  CHECK(reference::after(penalty, row) == Scores{1, -4, 0, 0, 3});
}

TEST_CASE("EncoderRepetitionPenalty leaves banned tokens banned, and all others alone") {
  const auto b = reference::kBanned;
  const std::vector<float> row{static_cast<float>(b), 1, 2};
  CHECK(reference::after(lk::EncoderRepetitionPenalty{2.0f, {0, 1}}, row) == Scores{b, 2, 2});
  CHECK(reference::after(lk::EncoderRepetitionPenalty{2.0f, {}}, row) == Scores{b, 1, 2});
}

TEST_CASE("EncoderRepetitionPenalty refuses what is not in (0, inf)") {
  using R = lk::EncoderRepetitionPenalty<double>;
  CHECK(R::check(1).empty());
  CHECK(R::check(1.7e308).empty());
  CHECK(R::check(0) == "EncoderRepetitionPenalty: r must satisfy 0 < r < inf, got 0");
  CHECK_FALSE(R::check(std::numeric_limits<double>::infinity()).empty());
  CHECK_FALSE(R::check(std::numeric_limits<double>::quiet_NaN()).empty());
  reference::refuses([] { lk::EncoderRepetitionPenalty{-2.0, {}}; },
                     "EncoderRepetitionPenalty: r must satisfy 0 < r < inf, got -2");
  static_assert(std::same_as<decltype(lk::EncoderRepetitionPenalty{2, {1}}),
                             lk::EncoderRepetitionPenalty<float>>);
}
