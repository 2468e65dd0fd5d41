// SPDX-License-Identifier: MIT
// FrequencyPenalty: the twin, its sign, generated text alone by default, windows, forks.
#include "support/catch.hpp"

#include "reference/penalties.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/frequency_penalty.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;

namespace {

template <class P>
P accepted(P processor, const Tokens& generated) {
  for (const lk::Token token : generated) processor.accept(token);
  return processor;
}

template <class T>
concept Deducible = requires(T number) { lk::FrequencyPenalty(number); };

}  // namespace

TEMPLATE_TEST_CASE("FrequencyPenalty agrees with its twin", "", float, double) {
  const Tokens generated{0, 62, 64, 5, 5, 0, 0, 999, 1, 5, 123456};  // in no small vocabulary
  for (const double a : {-2.0, -0.5, 0.0, 0.75, 2.0}) {
    const auto fast = accepted(lk::FrequencyPenalty{a}, generated);
    reference::agree<TestType>(
        fast, [&](const Scores& s) { return reference::frequency_penalty(s, a, generated); });
  }
}

TEMPLATE_TEST_CASE("FrequencyPenalty on a vocabulary of 128256 with a long history", "", float,
                   double) {
  const auto row = reference::normal_row<TestType>(128256, 9);
  Tokens history;
  reference::Bits bits(1);
  for (int i = 0; i < 5000; ++i) history.push_back(static_cast<lk::Token>(bits.below(400) * 300));
  const Scores slow = reference::frequency_penalty(Scores(row.begin(), row.end()), 0.25L, history);
  const Scores fast = reference::after(accepted(lk::FrequencyPenalty{0.25}, history), row);
  CHECK(reference::difference(fast, slow, 1e-5L) == "");
}

TEMPLATE_TEST_CASE("FrequencyPenalty lowers a score whatever its sign, a negative one raises it",
                   "[peers]", float, double) {
  const std::vector<TestType> row{2, -2, 0, 5};
  const auto b = reference::kBanned;
  const auto penalty = accepted(lk::FrequencyPenalty{0.5}, {0, 1, 2});
  CHECK(reference::after(penalty, row) == Scores{1.5L, -2.5L, -0.5L, 5});
  const auto reward = accepted(lk::FrequencyPenalty{-0.5}, {0, 1, 2});
  CHECK(reference::after(reward, row) == Scores{2.5L, -1.5L, 0.5L, 5});
  const std::vector<TestType> banned{static_cast<TestType>(b), 1};
  CHECK(reference::after(reward, banned) == Scores{b, 1.5L});
}

TEMPLATE_TEST_CASE("FrequencyPenalty grows with the count, and with nothing else", "", float,
                   double) {
  const std::vector<TestType> row{4, 4, 4, 4};
  const auto penalty = accepted(lk::FrequencyPenalty{0.5}, {0, 1, 0, 0, 3, 1});
  CHECK(reference::after(penalty, row) == Scores{2.5L, 3, 4, 3.5L});
  CHECK(reference::after(penalty, row) == Scores{2.5L, 3, 4, 3.5L});  // looking adds nothing
}

TEMPLATE_TEST_CASE("FrequencyPenalty with an extreme number makes no NaN", "", float, double) {
  const std::vector<TestType> row{0, 1, -1};
  const auto penalty = accepted(lk::FrequencyPenalty{3e38f}, {0, 0, 0});
  CHECK(reference::status_after(penalty, row) == lk::Status::ok);
  CHECK(reference::after(penalty, row)[1] == 1);
  CHECK(reference::after(penalty, row)[0] < -1e38L);
  const std::vector<TestType> banned{-std::numeric_limits<TestType>::infinity(), 1};
  const auto reward = accepted(lk::FrequencyPenalty{-1.7e308}, {0, 0, 0});
  CHECK(reference::status_after(reward, banned) == lk::Status::ok);
}

TEST_CASE("FrequencyPenalty: the prompt plays no part by default", "[peers]") {
  static_assert(lk::AcceptingProcessor<lk::FrequencyPenalty<>>);
  const Tokens prompt{0, 1, 2};
  const lk::Context context{prompt, prompt.size()};
  const std::vector<float> row{1, 2, 3};
  lk::FrequencyPenalty penalty{1.0};
  penalty.start(prompt);
  CHECK(reference::after(penalty, row, context) == Scores{1, 2, 3});
}

TEMPLATE_TEST_CASE("FrequencyPenalty in a scope agrees with its twin on what the scope leaves", "",
                   float, double) {
  const Tokens prompt{40, 0, 5, 7, 63}, generated{0, 62, 64, 5, 999, 1, 123456, 62};
  Tokens all = prompt;
  all.insert(all.end(), generated.begin(), generated.end());
  for (const std::size_t last : {std::size_t(1), std::size_t(6), std::size_t(10), lk::kAllTokens}) {
    lk::FrequencyPenalty penalty{0.5, {.last = last}};
    penalty.start(prompt);
    const Tokens counted(all.end() - std::ptrdiff_t(std::min(last, all.size())), all.end());
    reference::agree<TestType>(accepted(penalty, generated), [&](const Scores& s) {
      return reference::frequency_penalty(s, 0.5L, counted);
    });
  }
}

TEST_CASE("FrequencyPenalty leaves alone what has left the window", "[peers]") {
  const std::vector<float> row{4, 4, 4};
  auto penalty = accepted(lk::FrequencyPenalty{1.0f, {.last = 3}}, {0, 0, 1});
  CHECK(reference::after(penalty, row) == Scores{2, 3, 4});
  penalty.accept(2);
  CHECK(reference::after(penalty, row) == Scores{3, 3, 3});
  penalty.accept(2);
  CHECK(reference::after(penalty, row) == Scores{4, 3, 2});
  const auto rewarding = accepted(lk::FrequencyPenalty{-1.0f, {.last = 1}}, {0, 1});
  CHECK(reference::after(rewarding, row) == Scores{4, 5, 4});
}

TEST_CASE("FrequencyPenalty: a copy is a fork") {
  const std::vector<float> row{4, 4, 4};
  const auto parent = accepted(lk::FrequencyPenalty{1.0f}, {0});
  auto child = parent;
  child.accept(1);
  CHECK(reference::after(parent, row) == Scores{3, 4, 4});
  CHECK(reference::after(child, row) == Scores{3, 3, 4});
  child = parent;
  child.accept(2);
  CHECK(reference::after(child, row) == Scores{3, 4, 3});
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
}

TEST_CASE("FrequencyPenalty is deduced from float, double and int") {
  static_assert(std::same_as<decltype(lk::FrequencyPenalty{0.5f}), lk::FrequencyPenalty<float>>);
  static_assert(std::same_as<decltype(lk::FrequencyPenalty{0.5}), lk::FrequencyPenalty<double>>);
  static_assert(
      std::same_as<decltype(lk::FrequencyPenalty{1, {.last = 64}}), lk::FrequencyPenalty<float>>);
  CHECK(Deducible<int>);
}

TEST_CASE("FrequencyPenalty keeps the status of a bad row") {
  const auto fast = accepted(lk::FrequencyPenalty{1.5}, {1});
  reference::keeps_bad_rows<float>(fast);
  reference::keeps_bad_rows<double>(fast);
}
