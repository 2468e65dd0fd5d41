// SPDX-License-Identifier: MIT
// NoRepeatNgram: the twin after every token, short sequences, prompt and generated text, forks.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/no_repeat_ngram.hpp>

namespace lk = logitkit;
using reference::kBanned;
using reference::Scores;
using reference::Tokens;
using reference::with_history;

TEMPLATE_TEST_CASE("NoRepeatNgram agrees with its twin", "", float, double) {
  // Some tokens are in no small vocabulary, and what follows the last ones is most of them.
  const Tokens prompt{40, 0, 5, 0, 62},
      generated{64, 5, 0, 999, 5, 0, 1, 5, 0, 123456, 5, 0, 40, 5, 0};
  Tokens all = prompt;
  all.insert(all.end(), generated.begin(), generated.end());
  for (const int n : {1, 2, 3, 4}) {
    reference::agree<TestType>(
        with_history(lk::NoRepeatNgram{n}, prompt, generated), [&](const Scores& s) {
          return reference::no_repeat_ngram(s, static_cast<std::size_t>(n), all, all);
        });
  }
}

TEST_CASE("NoRepeatNgram agrees with its twin after every token, however the prompt is cut") {
  const std::vector<float> row(4, 1);
  reference::Bits bits(5);
  for (const int n : {1, 2, 3, 4, 5}) {
    Tokens all;
    lk::NoRepeatNgram step_by_step{n};
    for (int i = 0; i < 60; ++i) {
      const auto slow =
          reference::no_repeat_ngram(Scores(4, 1), static_cast<std::size_t>(n), all, all);
      REQUIRE(reference::after(step_by_step, row) == slow);
      const auto cut = static_cast<std::ptrdiff_t>(bits.below(all.size() + 1));
      const auto replayed = with_history(lk::NoRepeatNgram{n}, {all.begin(), all.begin() + cut},
                                         {all.begin() + cut, all.end()});
      REQUIRE(reference::after(replayed, row) == slow);
      all.push_back(static_cast<lk::Token>(bits.below(4)));
      step_by_step.accept(all.back());
    }
  }
}

TEST_CASE("NoRepeatNgram bans nothing while the sequence is shorter than n", "[peers]") {
  const std::vector<float> row{1, 1, 1};
  const auto after = [&](int n, const Tokens& tokens) {
    return reference::after(with_history(lk::NoRepeatNgram{n}, tokens), row);
  };
  CHECK(after(1, {}) == Scores{1, 1, 1});
  CHECK(after(1, {1}) == Scores{1, kBanned, 1});
  CHECK(after(2, {1}) == Scores{1, 1, 1});
  CHECK(after(2, {1, 1}) == Scores{1, kBanned, 1});  // the first run of two counts
  CHECK(after(3, {1, 1}) == Scores{1, 1, 1});
  CHECK(after(3, {1, 1, 1}) == Scores{1, kBanned, 1});
  CHECK(after(4, {1, 1, 1}) == Scores{1, 1, 1});
}

TEST_CASE("NoRepeatNgram looks at runs across the end of the prompt", "[peers]") {
  const std::vector<float> row{1, 1, 1, 1};
  const auto fast = with_history(lk::NoRepeatNgram{3}, {0, 1}, {2, 0, 1});
  CHECK(reference::after(fast, row) == Scores{1, 1, kBanned, 1});
  const auto alone = with_history(lk::NoRepeatNgram{3}, {}, {2, 0, 1});
  CHECK(reference::after(alone, row) == Scores{1, 1, 1, 1});
}

TEST_CASE("NoRepeatNgram may leave nothing, which is a status and no token") {
  const std::vector<float> row{1, 1};
  const auto fast = with_history(lk::NoRepeatNgram{1}, {0, 1});
  CHECK(reference::status_after(fast, row) == lk::Status::nothing_left);
}

TEST_CASE("NoRepeatNgram refuses n < 1") {
  CHECK(lk::NoRepeatNgram<>::check(1).empty());
  CHECK(lk::NoRepeatNgram<>::check(std::numeric_limits<int>::max()).empty());
  CHECK(lk::NoRepeatNgram<>::check(-3) == "NoRepeatNgram: n must satisfy n >= 1, got -3");
  reference::refuses([] { lk::NoRepeatNgram{0}; }, "NoRepeatNgram: n must satisfy n >= 1, got 0");
  const auto long_runs = with_history(lk::NoRepeatNgram{std::size_t(-1)}, {0, 0, 0}, {0});
  CHECK(reference::after(long_runs, std::vector<float>{1}) == Scores{1});
}
