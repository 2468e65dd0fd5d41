// SPDX-License-Identifier: MIT
// SuffixMatches: token by token, at once, and by comparing everything, all are the same.
#include <logitkit/process/detail/suffix_matches.hpp>

#include "reference/inputs.hpp"
#include "support/catch.hpp"

namespace lk = logitkit;
using lk::detail::SuffixMatches;
using Tokens = std::vector<lk::Token>;
using Matches = std::vector<std::pair<lk::Token, std::size_t>>;  // next token and length

namespace {

Matches matches_of(const SuffixMatches& text) {
  Matches all;
  text.for_each_match([&](lk::Token next, std::size_t length) { all.push_back({next, length}); });
  return all;
}

/// The slow twin, the latest first.
Matches compared(const Tokens& text, std::size_t window) {
  const std::size_t size = text.size(), first = size - std::min(size, window);
  Matches all;
  for (std::size_t next = size; next-- > first + 1;) {
    std::size_t length = 0;
    while (next - length > first && text[next - 1 - length] == text[size - 1 - length]) ++length;
    if (length > 0) all.push_back({text[next], length});
  }
  return all;
}

}  // namespace

TEST_CASE("Matches appended, found at once and compared are the same", "[suffix_matches]") {
  for (const std::size_t window : {0u, 1u, 2u, 3u, 8u, 31u, 1000u}) {
    for (const std::size_t memory : {0u, 5u}) {
      for (const std::size_t distinct : {1u, 2u, 3u, 20u}) {
        reference::Bits bits(window + 100 * distinct);
        SuffixMatches appended(window, memory), found(window, memory);
        Tokens text;
        for (int i = 0; i < 120; ++i) {
          // Now and then the text goes on as it did before, so that long runs match.
          const bool again = text.size() > 12 && bits.below(4) > 0;
          const auto fresh = static_cast<lk::Token>(bits.below(distinct));
          const lk::Token token = again ? text[text.size() - 11] : fresh;
          text.push_back(token);
          appended.append(token);
          found.remember(token);
          SuffixMatches at_once = found;
          at_once.find_matches();
          const Matches slow = compared(text, window);
          REQUIRE(matches_of(appended) == slow);
          REQUIRE(matches_of(at_once) == slow);
          at_once.append(1);
          SuffixMatches both = appended;
          both.append(1);
          REQUIRE(matches_of(at_once) == matches_of(both));
        }
      }
    }
  }
}

TEST_CASE("The end of a text is seen as far back as was asked for", "[suffix_matches]") {
  SuffixMatches text(2, 4);
  for (const lk::Token token : {9, 8, 1, 2, 3, 4}) text.append(token);
  CHECK(text.ends_with(Tokens{}));
  CHECK(text.ends_with(Tokens{4}));
  CHECK(text.ends_with(Tokens{1, 2, 3, 4}));
  CHECK_FALSE(text.ends_with(Tokens{3}));
  CHECK_FALSE(text.ends_with(Tokens{1, 3, 3, 4}));
  CHECK_FALSE(text.ends_with(Tokens(7, 4)));
}
