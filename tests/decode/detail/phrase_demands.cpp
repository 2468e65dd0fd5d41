// SPDX-License-Identifier: MIT
// Demands for phrases, against a search of the whole text after every token.
#include <logitkit/decode/detail/phrase_demands.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

using logitkit::Token;
using logitkit::detail::PhraseDemands;
using Phrase = PhraseDemands::Phrase;

namespace {

/// Where a phrase first ends at or behind `from`, as a number of tokens; 0 if nowhere.
std::size_t end_of(const Phrase& phrase, const Phrase& text, std::size_t from) {
  const auto at =
      std::search(text.begin() + std::ptrdiff_t(from), text.end(), phrase.begin(), phrase.end());
  return at == text.end() ? 0 : std::size_t(at - text.begin()) + phrase.size();
}

/// Which demands a text meets.
std::vector<bool> met(const std::vector<std::vector<Phrase>>& demands, bool in_order,
                      const Phrase& text) {
  std::vector<bool> result(demands.size());
  std::size_t from = 0;
  for (std::size_t d = 0; d < demands.size(); ++d) {
    std::size_t first = 0;
    for (const Phrase& phrase : demands[d]) {
      const std::size_t end = end_of(phrase, text, in_order ? from : 0);
      if (end > 0 && (first == 0 || end < first)) first = end;
    }
    result[d] = first > 0;
    if (in_order && first == 0) break;
    from = first;
  }
  return result;
}

}  // namespace

TEST_CASE("what is met is what stands in the text, in any order and in the one given") {
  test::Random random(1);
  int wholes = 0;
  for (int round = 0; round < 400; ++round) {
    std::vector<std::vector<Phrase>> demands(random.below(4));
    for (auto& any_of : demands) {
      any_of.resize(1 + random.below(2));
      for (Phrase& phrase : any_of) {
        phrase.resize(1 + random.below(4));
        for (Token& token : phrase) token = Token(random.below(3));
      }
    }
    const bool in_order = round % 2 == 0;
    const PhraseDemands tracker(demands, in_order);
    PhraseDemands::State state = tracker.start();
    REQUIRE(tracker.needed(state) == tracker.total());
    Phrase text;
    bool same = true, a_step_nearer = true;
    for (int i = 0; i < 24; ++i) {
      const std::size_t needed = tracker.needed(state);
      std::size_t least = needed;
      for (const Token token : tracker.tokens()) {
        PhraseDemands::State next = state;
        tracker.accept(next, token);
        least = std::min(least, tracker.needed(next));
      }
      a_step_nearer = a_step_nearer && least + 1 <= std::max<std::size_t>(needed, 1);
      text.push_back(Token(random.below(4)) - (i % 5 == 0));  // -1: in no phrase
      tracker.accept(state, text.back());
      same = same && state.met == met(demands, in_order, text);
      same = same && (tracker.needed(state) == 0) ==
                         (std::count(state.met.begin(), state.met.end(), false) == 0);
    }
    CHECK(same);
    CHECK(a_step_nearer);
    wholes += tracker.needed(state) == 0;
  }
  CHECK(wholes > 50);
  CHECK(wholes < 380);
}

TEST_CASE("a false start may end in a shorter one that ends in one that is shorter still") {
  const PhraseDemands tracker({{{1, 1, 2, 1, 1, 1, 3}}}, false);
  auto state = tracker.start();
  for (const Token token : {1, 1, 2, 1, 1, 1, 2}) tracker.accept(state, token);
  CHECK(tracker.needed(state) == 4);  // the text ends in 1 1 2
}

TEST_CASE("the shortest phrase of a demand counts, a longer one if it is nearly done") {
  const PhraseDemands tracker({{{1, 2, 3, 4}, {5, 6}}, {{7}}}, false);
  CHECK(tracker.total() == 3);
  CHECK(std::vector<Token>(tracker.tokens().begin(), tracker.tokens().end()) ==
        std::vector<Token>{1, 2, 3, 4, 5, 6, 7});
  auto state = tracker.start();
  tracker.accept(state, 1);
  tracker.accept(state, 2);
  CHECK(tracker.needed(state) == 3);  // {5, 6} is as near as {3, 4}
  tracker.accept(state, 3);
  CHECK(tracker.needed(state) == 2);
  tracker.accept(state, 4);
  CHECK(tracker.needed(state) == 1);
}
