// SPDX-License-Identifier: MIT
// LogitBias: the twin; -inf bans; a token given twice gets both.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/logit_bias.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {
constexpr float kInfinity = std::numeric_limits<float>::infinity();
}

TEMPLATE_TEST_CASE("LogitBias agrees with its twin", "", float, double) {
  reference::agree<TestType>(lk::LogitBias{{{0, 2.5f}}},
                             [](const Scores& s) { return reference::logit_bias(s, {{0, 2.5L}}); });
  reference::agree<TestType>(lk::LogitBias{{{0, -100.0f}, {0, 0.25f}}}, [](const Scores& s) {
    return reference::logit_bias(s, {{0, -99.75L}});
  });
}

TEMPLATE_TEST_CASE("LogitBias on several tokens, in any order, before and after narrowing", "",
                   float, double) {
  const std::vector<std::pair<lk::Token, float>> biases{
      {64, 1.5f}, {0, -2.0f}, {30, -kInfinity}, {64, 0.5f}, {7, 0.0f}};
  for (const std::size_t size : {std::size_t(65), std::size_t(1000)}) {
    reference::for_each_trial<TestType>(
        size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
          const Scores slow =
              reference::logit_bias(before, {{64, 2}, {0, -2}, {30, reference::kBanned}});
          lk::LogitBias{biases}(fast, {});
          if (reference::count_kept(slow) == 0) return {};
          return reference::difference(reference::scores_of(fast), slow,
                                       reference::tolerance(slow, row));
        });
  }
}

TEMPLATE_TEST_CASE("LogitBias: -inf bans, and no bias brings a banned token back", "", float,
                   double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{1, banned, 3};
  const Scores scores = reference::after(lk::LogitBias{{{2, -kInfinity}, {1, 100.0f}}}, row);
  CHECK(scores == Scores{1, reference::kBanned, reference::kBanned});
  CHECK(reference::status_after(lk::LogitBias{{{2, -kInfinity}, {0, -kInfinity}}}, row) ==
        lk::Status::nothing_left);
}

TEST_CASE("LogitBias on a token that the row does not have is a bad status, and no other") {
  const std::vector<float> row{1, 2, 3};
  CHECK(reference::status_after(lk::LogitBias{{{3, 1.0f}}}, row) == lk::Status::token_out_of_range);
  CHECK(reference::status_after(lk::LogitBias{{{2, 1.0f}}}, row) == lk::Status::ok);
  const auto narrowed = [](auto& candidates, const lk::Context& context) {
    candidates.keep_top(1);
    lk::LogitBias{{{0, 9.0f}}}(candidates, context);  // dropped: stays out
  };
  CHECK(reference::after(narrowed, row) == Scores{reference::kBanned, reference::kBanned, 3});
  CHECK(reference::status_after(narrowed, row) == lk::Status::ok);
}

TEST_CASE("LogitBias refuses negative tokens, +inf and NaN") {
  using Bias = lk::LogitBias<float>;
  CHECK(Bias::check({}).empty());
  CHECK(Bias::check({{5, -kInfinity}, {6, 3e38f}}).empty());
  CHECK(Bias::check({{5, 1}, {-1, 0}}) == "LogitBias: token must satisfy token >= 0, got -1");
  CHECK(Bias::check({{5, kInfinity}}) ==
        "LogitBias: bias must satisfy -inf <= bias < inf, got inf");
  CHECK_FALSE(Bias::check({{5, std::numeric_limits<float>::quiet_NaN()}}).empty());
  reference::refuses([] { lk::LogitBias{{{-7, 1.0f}}}; },
                     "LogitBias: token must satisfy token >= 0, got -7");
  static_assert(!lk::StatefulProcessor<Bias>);
  static_assert(std::same_as<decltype(lk::LogitBias{{{262, -1.5f}, {198, 2.0f}}}), Bias>);
}

TEMPLATE_TEST_CASE("LogitBias, on a vocabulary of 128256", "", float, double) {
  const auto row = reference::normal_row<TestType>(128256, 2);
  const Scores slow = reference::logit_bias(Scores(row.begin(), row.end()), {{128255, 1}, {0, -1}});
  const Scores fast = reference::after(lk::LogitBias{{{128255, 1.0f}, {0, -1.0f}}}, row);
  CHECK(reference::difference(fast, slow, 1e-5L) == "");
}
