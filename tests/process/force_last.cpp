// SPDX-License-Identifier: MIT
// ForceLast: the last token that either length limit allows, and no other.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/force_last.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;

namespace {

constexpr auto b = reference::kBanned;

template <class S>
Scores scores_at(const lk::Limits& limits, std::size_t prompt, std::size_t length) {
  static const Tokens tokens(20, 9);
  const lk::Context context{std::span(tokens).first(length), prompt};
  return reference::after(lk::ForceLast{limits}, std::vector<S>{1, 2, 3}, context);
}

}  // namespace

TEMPLATE_TEST_CASE("ForceLast agrees with its twin", "", float, double) {
  const Tokens tokens{5, 6, 7};
  const lk::Limits limits{.max_new_tokens = 2, .end_tokens = {0}};
  reference::agree<TestType>(
      lk::ForceLast{limits}, [](const Scores& s) { return reference::force(s, {0}); },
      lk::Context{tokens, 2});
  reference::agree<TestType>(
      lk::ForceLast{limits}, [](const Scores& s) { return s; }, lk::Context{tokens, 3});
}

TEMPLATE_TEST_CASE("ForceLast forces the last new token", "", float, double) {
  const lk::Limits limits{.max_new_tokens = 4, .end_tokens = {1}};
  for (const std::size_t prompt : {std::size_t(1), std::size_t(5)}) {
    CHECK(scores_at<TestType>(limits, prompt, prompt) == Scores{1, 2, 3});
    CHECK(scores_at<TestType>(limits, prompt, prompt + 2) == Scores{1, 2, 3});
    CHECK(scores_at<TestType>(limits, prompt, prompt + 3) == Scores{b, 0, b});
    CHECK(scores_at<TestType>(limits, prompt, prompt + 9) == Scores{b, 0, b});
  }
  const lk::Limits one{.max_new_tokens = 1, .end_tokens = {1}};
  CHECK(scores_at<TestType>(one, 3, 3) == Scores{b, 0, b});
}

TEMPLATE_TEST_CASE("ForceLast forces the last token of all, prompt counted, if that comes first",
                   "", float, double) {
  const lk::Limits limits{.max_new_tokens = 9, .end_tokens = {2, 0}, .max_tokens = 6};
  CHECK(scores_at<TestType>(limits, 1, 4) == Scores{1, 2, 3});
  CHECK(scores_at<TestType>(limits, 1, 5) == Scores{0, b, 0});
  CHECK(scores_at<TestType>(limits, 5, 5) == Scores{0, b, 0});
}

TEST_CASE("ForceLast of banned tokens leaves nothing") {
  const lk::Limits limits{.max_new_tokens = 1, .end_tokens = {0, 2}};
  const float banned = -std::numeric_limits<float>::infinity();
  CHECK(reference::status_after(lk::ForceLast{limits}, std::vector<float>{banned, 1, banned}) ==
        lk::Status::nothing_left);
  CHECK(reference::after(lk::ForceLast{limits}, std::vector<float>{banned, 1, 7}) ==
        Scores{b, b, 0});
  CHECK(reference::status_after(lk::ForceLast{limits}, std::vector<float>{1, 2}) ==
        lk::Status::token_out_of_range);
}

TEST_CASE("ForceLast refuses limits without an end token, and what limits refuse") {
  CHECK(lk::ForceLast::check({.end_tokens = {0}}).empty());
  CHECK(lk::ForceLast::check({}) ==
        "ForceLast: end_tokens of the limits must satisfy length >= 1, got 0");
  CHECK(lk::ForceLast::check({.max_new_tokens = 0, .end_tokens = {0}}) ==
        "Limits: max_new_tokens must satisfy max_new_tokens >= 1, got 0");
  reference::refuses([] { lk::ForceLast{lk::Limits{}}; },
                     "ForceLast: end_tokens of the limits must satisfy length >= 1, got 0");
  reference::refuses([] { lk::ForceLast{lk::Limits{.end_tokens = {-1}}}; },
                     "Limits: end_tokens must satisfy 0 <= token, got -1");
  static_assert(!lk::StatefulProcessor<lk::ForceLast>);
}
