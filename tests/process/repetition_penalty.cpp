// SPDX-License-Identifier: MIT
// RepetitionPenalty: the twin, also in a scope; no compounding, extremes.
#include "support/catch.hpp"

#include "reference/penalties.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/repetition_penalty.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;
using reference::with_history;

TEMPLATE_TEST_CASE("RepetitionPenalty agrees with its twin", "", float, double) {
  const Tokens all{40, 0, 5, 0, 62, 64, 5, 999, 1, 123456};  // some are in no small vocabulary
  for (const double r : {0.5, 1.0, 1.25, 3.0}) {
    const auto fast =
        with_history(lk::RepetitionPenalty{r}, {40, 0, 5}, {0, 62, 64, 5, 999, 1, 123456});
    reference::agree<TestType>(
        fast, [&](const Scores& s) { return reference::repetition_penalty(s, r, all); });
  }
}

TEMPLATE_TEST_CASE("RepetitionPenalty does not compound with the number of occurrences", "[peers]",
                   float, double) {
  const std::vector<TestType> row{4, -4, 1};
  const auto once = with_history(lk::RepetitionPenalty{2.0}, {0, 1});
  const auto often = with_history(lk::RepetitionPenalty{2.0}, {0, 1, 0, 0}, {1, 0, 1, 0});
  CHECK(reference::after(often, row) == Scores{2, -8, 1});
  CHECK(reference::after(often, row) == reference::after(once, row));
  CHECK(reference::after(often, row) == reference::after(often, row));  // looking adds nothing
}

TEMPLATE_TEST_CASE("RepetitionPenalty counts prompt and generated text; banned stays banned", "",
                   float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{4, 4, 4, banned};
  CHECK(reference::after(lk::RepetitionPenalty{2.0}, row) == Scores{4, 4, 4, reference::kBanned});
  const auto fast = with_history(lk::RepetitionPenalty{2.0}, {1, 3}, {2});
  CHECK(reference::after(fast, row) == Scores{4, 2, 2, reference::kBanned});
  const auto rewarding = with_history(lk::RepetitionPenalty{0.5}, {1, 3}, {2});
  CHECK(reference::after(rewarding, row) == Scores{4, 8, 8, reference::kBanned});
}

TEMPLATE_TEST_CASE("RepetitionPenalty in a scope agrees with its twin on what the scope leaves", "",
                   float, double) {
  const Tokens prompt{40, 0, 5, 7, 63}, generated{0, 62, 64, 5, 999, 1, 123456, 62};
  for (const std::size_t last : {std::size_t(1), std::size_t(6), std::size_t(10)}) {
    for (const std::size_t skip : {std::size_t(0), std::size_t(4), lk::kAllTokens}) {
      const lk::PenaltyScope scope{.last = last, .skip_prompt = skip};
      Tokens counted(prompt.begin() + std::ptrdiff_t(std::min(skip, prompt.size())), prompt.end());
      counted.insert(counted.end(), generated.begin(), generated.end());
      if (counted.size() > last)
        counted.erase(counted.begin(), counted.end() - std::ptrdiff_t(last));
      reference::agree<TestType>(
          with_history(lk::RepetitionPenalty{1.5, scope}, prompt, generated),
          [&](const Scores& s) { return reference::repetition_penalty(s, 1.5L, counted); });
    }
  }
}

TEMPLATE_TEST_CASE("RepetitionPenalty: llama.cpp's table", "[llama.cpp]", float, double) {
  const std::vector<TestType> row(5, static_cast<TestType>(std::log(0.2)));
  const auto check = [&](const Tokens& history, const Scores& expected) {
    const auto fast = with_history(lk::RepetitionPenalty{50.0}, history);
    const Scores p = reference::probabilities(reference::after(fast, row));
    CHECK(reference::total_variation(p, expected) < 1e-5L);
  };
  check({0}, {0, 0.25L, 0.25L, 0.25L, 0.25L});
  check({0, 1, 2}, {0, 0, 0, 0.5L, 0.5L});
  check({0, 1, 2, 0, 0}, {0, 0, 0, 0.5L, 0.5L});
}

TEMPLATE_TEST_CASE("RepetitionPenalty with an extreme r makes no NaN", "", float, double) {
  const std::vector<TestType> row{0, 1, -1, 2};
  for (const double r : {1e-300, 1e-30, 1e30, 1e300}) {
    const auto fast = with_history(lk::RepetitionPenalty{r}, {0});
    CAPTURE(r);
    CHECK(reference::status_after(fast, row) == lk::Status::ok);
    CHECK(reference::after(fast, row) == Scores{0, 1, -1, 2});
  }
}

TEST_CASE("RepetitionPenalty refuses what is not in (0, inf)") {
  using R = lk::RepetitionPenalty<double>;
  CHECK(R::check(1).empty());
  CHECK(R::check(1e-300).empty());
  CHECK(R::check(1.7e308).empty());
  CHECK(R::check(0) == "RepetitionPenalty: r must satisfy 0 < r < inf, got 0");
  CHECK(R::check(-1.5) == "RepetitionPenalty: r must satisfy 0 < r < inf, got -1.5");
  CHECK_FALSE(R::check(std::numeric_limits<double>::infinity()).empty());
  CHECK_FALSE(R::check(std::numeric_limits<double>::quiet_NaN()).empty());
  reference::refuses([] { lk::RepetitionPenalty{-2.0}; },
                     "RepetitionPenalty: r must satisfy 0 < r < inf, got -2");
  static_assert(std::same_as<decltype(lk::RepetitionPenalty{1}), lk::RepetitionPenalty<float>>);
  static_assert(
      std::same_as<decltype(lk::RepetitionPenalty{1, {.last = 64}}), lk::RepetitionPenalty<float>>);
}
