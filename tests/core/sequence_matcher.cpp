// SPDX-License-Identifier: MIT
// SequenceMatcher: against a comparison of every sequence with every end of the text.
#include <logitkit/core/sequence_matcher.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <algorithm>

namespace lk = logitkit;

namespace {

using Tokens = std::vector<lk::Token>;
using Matcher = lk::SequenceMatcher<int>;

std::vector<int> matches(const Matcher& matcher) {
  std::vector<int> found;
  matcher.for_each_match([&](int value) { found.push_back(value); });
  return found;
}

/// Longer ones first, equal ones in the order given.
std::vector<int> slow_matches(const std::vector<Matcher::Entry>& sequences, const Tokens& text) {
  std::vector<Matcher::Entry> found;
  for (const auto& entry : sequences) {
    const Tokens& sequence = entry.first;
    const bool ends = sequence.size() <= text.size() &&
                      std::equal(sequence.rbegin(), sequence.rend(), text.rbegin());
    if (ends) found.push_back(entry);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
  std::vector<int> values;
  for (const auto& entry : found) values.push_back(entry.second);
  return values;
}

void require_like_twin(const std::vector<Matcher::Entry>& sequences, const Tokens& text) {
  Matcher matcher(sequences);
  REQUIRE(matches(matcher) == slow_matches(sequences, {}));
  Tokens so_far;
  for (const lk::Token token : text) {
    matcher.accept(token);
    so_far.push_back(token);
    REQUIRE(matches(matcher) == slow_matches(sequences, so_far));
  }
}

}  // namespace

TEST_CASE("no sequence never matches, the empty one always", "[sequence_matcher]") {
  require_like_twin({}, {1, 2, 3});
  require_like_twin({{{}, 7}}, {1, 2, 3});
  require_like_twin({{{}, 7}, {{2}, 8}, {{}, 9}}, {1, 2, 3, 2});
}

TEST_CASE("a sequence within another, at its end, and overlapping itself", "[sequence_matcher]") {
  require_like_twin({{{1, 2, 3}, 1}, {{2, 3}, 2}, {{3}, 3}, {{2}, 4}}, {1, 2, 3, 1, 2, 3, 3, 2});
  require_like_twin({{{1, 1, 2}, 1}}, {1, 1, 1, 2});  // the false start is a start again
  require_like_twin({{{1, 2, 1, 2, 3}, 1}}, {1, 2, 1, 2, 1, 2, 3});
  require_like_twin({{{1, 2}, 1}, {{2, 1}, 2}, {{1, 2}, 3}}, {1, 2, 1, 2, 2, 1});
  require_like_twin({{{0, 2147483647}, 1}}, {0, 2147483647, 0, -1, 0, 2147483647});
}

TEST_CASE("random sequences over few and many tokens", "[sequence_matcher]") {
  test::Random random(3);
  for (const std::size_t alphabet : {1u, 2u, 3u, 50u}) {
    const auto draw = [&](std::size_t length) {
      Tokens tokens(length);
      for (auto& token : tokens) token = static_cast<lk::Token>(random.below(alphabet));
      return tokens;
    };
    for (int round = 0; round < 10; ++round) {
      std::vector<Matcher::Entry> sequences;
      for (int i = 0; i < 60; ++i) sequences.emplace_back(draw(random.below(6)), i);
      require_like_twin(sequences, draw(300));
    }
  }
}

TEST_CASE("a copy goes on by itself", "[sequence_matcher]") {
  Matcher a({{{1, 2}, 1}, {{1, 3}, 2}});
  a.accept(1);
  Matcher b = a;
  a.accept(2);
  b.accept(3);
  REQUIRE(matches(a) == std::vector<int>{1});
  REQUIRE(matches(b) == std::vector<int>{2});
  b = a;
  REQUIRE(matches(b) == std::vector<int>{1});
}
