// SPDX-License-Identifier: MIT
// FrequencyPenalty: the twin, also in a scope; generated text alone by default.
#include "support/catch.hpp"

#include "reference/penalties.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/frequency_penalty.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;
using reference::with_history;

TEMPLATE_TEST_CASE("FrequencyPenalty agrees with its twin", "", float, double) {
  const Tokens generated{0, 62, 64, 5, 5, 0, 0, 999, 1, 5, 123456};  // in no small vocabulary
  for (const double a : {-2.0, -0.5, 0.0, 0.75, 2.0}) {
    const auto fast = with_history(lk::FrequencyPenalty{a}, {}, generated);
    reference::agree<TestType>(
        fast, [&](const Scores& s) { return reference::frequency_penalty(s, a, generated); });
  }
}

TEMPLATE_TEST_CASE("FrequencyPenalty grows with the count, and with nothing else", "", float,
                   double) {
  const std::vector<TestType> row{4, 4, 4, 4};
  const auto penalty = with_history(lk::FrequencyPenalty{0.5}, {}, {0, 1, 0, 0, 3, 1});
  CHECK(reference::after(penalty, row) == Scores{2.5L, 3, 4, 3.5L});
  CHECK(reference::after(penalty, row) == Scores{2.5L, 3, 4, 3.5L});  // looking adds nothing
}

TEMPLATE_TEST_CASE("FrequencyPenalty with an extreme number makes no NaN", "", float, double) {
  const std::vector<TestType> row{0, 1, -1};
  const auto penalty = with_history(lk::FrequencyPenalty{3e38f}, {}, {0, 0, 0});
  CHECK(reference::status_after(penalty, row) == lk::Status::ok);
  CHECK(reference::after(penalty, row)[1] == 1);
  CHECK(reference::after(penalty, row)[0] < -1e38L);
  const std::vector<TestType> banned{-std::numeric_limits<TestType>::infinity(), 1};
  const auto reward = with_history(lk::FrequencyPenalty{-1.7e308}, {}, {0, 0, 0});
  CHECK(reference::status_after(reward, banned) == lk::Status::ok);
}

TEST_CASE("FrequencyPenalty: the prompt plays no part by default", "[peers]") {
  static_assert(lk::AcceptingProcessor<lk::FrequencyPenalty<>>);
  const auto penalty = with_history(lk::FrequencyPenalty{1.0}, {0, 1, 2}, {2});
  CHECK(reference::after(penalty, std::vector<float>{1, 2, 3}) == Scores{1, 2, 2});
}

TEMPLATE_TEST_CASE("FrequencyPenalty in a scope agrees with its twin on what the scope leaves", "",
                   float, double) {
  const Tokens prompt{40, 0, 5, 7, 63}, generated{0, 62, 64, 5, 999, 1, 123456, 62};
  Tokens all = prompt;
  all.insert(all.end(), generated.begin(), generated.end());
  for (const std::size_t last : {std::size_t(1), std::size_t(6), std::size_t(10), lk::kAllTokens}) {
    const lk::FrequencyPenalty penalty{0.5, {.last = last}};
    const Tokens counted(all.end() - std::ptrdiff_t(std::min(last, all.size())), all.end());
    reference::agree<TestType>(with_history(penalty, prompt, generated), [&](const Scores& s) {
      return reference::frequency_penalty(s, 0.5L, counted);
    });
  }
}

TEST_CASE("FrequencyPenalty refuses what is not finite") {
  using Penalty = lk::FrequencyPenalty<double>;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  CHECK(Penalty::check(0).empty());
  CHECK(Penalty::check(-2).empty());
  CHECK(Penalty::check(1.7e308).empty());
  CHECK(Penalty::check(kInfinity) == "FrequencyPenalty: a must satisfy -inf < a < inf, got inf");
  CHECK_FALSE(Penalty::check(-kInfinity).empty());
  CHECK_FALSE(Penalty::check(std::numeric_limits<double>::quiet_NaN()).empty());
  reference::refuses([] { lk::FrequencyPenalty{-std::numeric_limits<float>::infinity()}; },
                     "FrequencyPenalty: a must satisfy -inf < a < inf, got -inf");
  static_assert(std::same_as<decltype(lk::FrequencyPenalty{1}), lk::FrequencyPenalty<float>>);
  static_assert(
      std::same_as<decltype(lk::FrequencyPenalty{1, {.last = 64}}), lk::FrequencyPenalty<float>>);
}
