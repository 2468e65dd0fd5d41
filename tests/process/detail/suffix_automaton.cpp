// SPDX-License-Identifier: MIT
// SuffixAutomaton: what comparing everything finds, in windows of any size; a text of one token.
#include <logitkit/process/detail/suffix_automaton.hpp>

#include "reference/inputs.hpp"
#include "support/catch.hpp"

#include <map>

namespace lk = logitkit;
using lk::detail::SuffixAutomaton;
using Tokens = std::vector<lk::Token>;
using Lengths = std::map<lk::Token, std::size_t>;  // the greatest of each token

namespace {

constexpr auto kAll = std::size_t(-1);

Lengths lengths_of(const SuffixAutomaton& text, std::size_t longest = kAll) {
  Lengths all;
  text.for_each_next(longest, [&](lk::Token next, std::size_t length) {
    all[next] = std::max(all[next], length);
  });
  return all;
}

/// The slow twin.
Lengths compared(const Tokens& text, std::size_t window, std::size_t least, std::size_t longest) {
  const std::size_t size = text.size(), first = size - std::min(size, window);
  Lengths all;
  for (std::size_t next = size; next-- > first + 1;) {
    std::size_t length = 0;
    while (next - length > first && text[next - 1 - length] == text[size - 1 - length]) ++length;
    length = std::min(length, longest);
    if (length >= least) all[text[next]] = std::max(all[text[next]], length);
  }
  return all;
}

}  // namespace

TEST_CASE("what came next is what comparing everything finds", "[suffix_automaton]") {
  for (const std::size_t window : {std::size_t(0), std::size_t(1), std::size_t(2), std::size_t(3),
                                   std::size_t(8), std::size_t(31), kAll}) {
    for (const std::size_t memory : {0u, 5u}) {
      for (const std::size_t distinct : {1u, 2u, 3u, 20u}) {
        for (const auto& [least, most] : {std::pair{1u, 1000u}, {1u, 1u}, {2u, 6u}, {4u, 4u}}) {
          reference::Bits bits(window + 100 * distinct + least);
          SuffixAutomaton automaton(window, memory, least, most);
          Tokens text;
          for (int i = 0; i < 150; ++i) {
            // Now and then the text goes on as it did before, so that long runs repeat.
            const bool again = text.size() > 12 && bits.below(5) > 0;
            const auto fresh = static_cast<lk::Token>(bits.below(distinct));
            text.push_back(again ? text[text.size() - 11] : fresh);
            automaton.append(text.back());
            REQUIRE(lengths_of(automaton) == compared(text, window, least, most));
            const std::size_t longest = bits.below(9);
            REQUIRE(lengths_of(automaton, longest) ==
                    compared(text, window, least, std::min<std::size_t>(longest, most)));
          }
        }
      }
    }
  }
}

TEST_CASE("a long text of few tokens is no slower than any other", "[suffix_automaton]") {
  // What looks at every place where the last token has been takes 10^10 steps here.
  for (const std::size_t window : {std::size_t(20000), kAll}) {
    SuffixAutomaton automaton(window, 0, 2, 100);
    for (int i = 0; i < 100000; ++i) automaton.append(i % 1000 == 999 ? 7 : 5);
    CHECK(lengths_of(automaton) == Lengths{{5, 100}});
    automaton.append(5), automaton.append(5);
    CHECK(lengths_of(automaton) == Lengths{{5, 100}, {7, 2}});
  }
}

TEST_CASE("the end of a text is seen as far back as was asked for", "[suffix_automaton]") {
  SuffixAutomaton text(2, 4, 1, 9);
  for (const lk::Token token : {9, 8, 1, 2, 3, 4}) text.append(token);
  CHECK(text.ends_with(Tokens{}));
  CHECK(text.ends_with(Tokens{4}));
  CHECK(text.ends_with(Tokens{1, 2, 3, 4}));
  CHECK_FALSE(text.ends_with(Tokens{3}));
  CHECK_FALSE(text.ends_with(Tokens{1, 3, 3, 4}));
  CHECK_FALSE(text.ends_with(Tokens(27, 4)));
}
