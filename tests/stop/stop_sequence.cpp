// SPDX-License-Identifier: MIT
// StopSequence: matches and pending tails, against a slow search on all short texts.
#include "support/catch.hpp"

#include <logitkit/stop/stop_sequence.hpp>

namespace lk = logitkit;

using Tokens = std::vector<lk::Token>;

namespace {

/// The length of the longest sequence that ends the text, the obvious way.
std::size_t slow_matched(const std::vector<Tokens>& sequences, const Tokens& text) {
  std::size_t longest = 0;
  for (const Tokens& sequence : sequences) {
    if (sequence.size() > text.size()) continue;
    const Tokens tail(text.end() - static_cast<std::ptrdiff_t>(sequence.size()), text.end());
    if (tail == sequence) longest = std::max(longest, sequence.size());
  }
  return longest;
}

/// The longest tail of the text that is a proper beginning of a sequence, the obvious way.
std::size_t slow_pending(const std::vector<Tokens>& sequences, const Tokens& text) {
  std::size_t longest = 0;
  for (const Tokens& sequence : sequences) {
    for (std::size_t n = 1; n < sequence.size() && n <= text.size(); ++n) {
      const Tokens tail(text.end() - static_cast<std::ptrdiff_t>(n), text.end());
      const Tokens head(sequence.begin(), sequence.begin() + static_cast<std::ptrdiff_t>(n));
      if (tail == head) longest = std::max(longest, n);
    }
  }
  return longest;
}

}  // namespace

TEST_CASE("StopSequence agrees with a slow search on every text of up to 7 tokens of 2 kinds") {
  const std::vector<std::vector<Tokens>> sets{
      {},
      {{0}},
      {{0, 1}},
      {{1, 1, 1}},
      {{0, 1, 0}},          // may begin inside itself
      {{0, 0, 1}, {0, 1}},  // one ends the other
      {{1}, {0, 1, 1, 0}, {1, 0, 1}},
      {{0, 1, 0, 1, 0, 1, 0, 1}},  // longer than any text
      {{0, 1}, {0, 1}, {1, 0, 1}},
  };
  int trials = 0;
  for (const auto& sequences : sets) {
    const lk::StopSequence rule{sequences};
    for (std::size_t size = 0; size <= 7; ++size) {
      for (unsigned bits = 0; bits < 1u << size; ++bits) {
        Tokens text;
        for (std::size_t i = 0; i < size; ++i)
          text.push_back(static_cast<lk::Token>(bits >> i & 1));
        const bool right = rule.matched(text) == slow_matched(sequences, text) &&
                           rule.pending(text) == slow_pending(sequences, text);
        if (!right) FAIL_CHECK("set " << &sequences - sets.data() << ", text of " << size);
        ++trials;
      }
    }
  }
  CHECK(trials == 9 * 255);
}

TEST_CASE("StopSequence is met by the end of the generated text alone") {
  const std::vector<Tokens> sequences{{7, 8}};
  const auto ask = [&](const Tokens& tokens, std::size_t prompt) {
    return lk::StopSequence{sequences}(lk::Context{tokens, prompt});
  };
  CHECK(ask({1, 7, 8}, 1) == lk::StopReason::stop_sequence);
  CHECK(ask({1, 7, 8, 9}, 1) == lk::StopReason::none);
  CHECK(ask({7, 8}, 2) == lk::StopReason::none);  // all prompt
  CHECK(ask({7, 8}, 1) == lk::StopReason::none);  // begun in the prompt
  CHECK(ask({7, 8}, 0) == lk::StopReason::stop_sequence);
  CHECK(ask({}, 0) == lk::StopReason::none);
}

TEST_CASE("StopSequence reports the longest of several matches") {
  const std::vector<Tokens> sequences{{3}, {1, 2, 3}, {2, 3}};
  CHECK(lk::StopSequence{sequences}.matched(Tokens{9, 1, 2, 3}) == 3);
  CHECK(lk::StopSequence{sequences}.matched(Tokens{9, 2, 3}) == 2);
  CHECK(lk::StopSequence{sequences}.matched(Tokens{9, 9, 3}) == 1);
}

TEST_CASE("StopSequence holds back only what can still become a match") {
  const std::vector<Tokens> sequences{{1, 2, 1, 3}};
  const lk::StopSequence rule{sequences};
  CHECK(rule.pending(Tokens{5, 1}) == 1);
  CHECK(rule.pending(Tokens{5, 1, 2}) == 2);
  CHECK(rule.pending(Tokens{5, 1, 2, 1}) == 3);
  CHECK(rule.pending(Tokens{5, 1, 2, 1, 2}) == 2);
  CHECK(rule.pending(Tokens{5, 1, 2, 5}) == 0);
}

TEST_CASE("StopSequence: a sequence of no token never comes, and nothing waits for it") {
  const std::vector<Tokens> sequences{{}};
  CHECK(lk::StopSequence{sequences}.matched(Tokens{1}) == 0);
  CHECK(lk::StopSequence{sequences}.pending(Tokens{1}) == 0);
}
