// SPDX-License-Identifier: MIT
// SuffixDrafter: what a search of the whole text finds; loops; copies; misuse.
#include <logitkit/decode/suffix_drafter.hpp>

#include "reference/earlier.hpp"
#include "reference/inputs.hpp"
#include "support/catch.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

static_assert(lk::Drafter<lk::SuffixDrafter>);

namespace {

Tokens propose(lk::SuffixDrafter& drafter, std::size_t n) {
  const lk::Draft draft = drafter.propose({}, n, [](std::uint64_t) { return 0.0; });
  CHECK(draft.drawn_from.empty());
  return {draft.tokens.begin(), draft.tokens.end()};
}

}  // namespace

TEST_CASE("the longest end that occurred before is what comparing finds", "[suffix_drafter]") {
  for (const std::size_t least : {1u, 2u, 5u}) {
    for (const std::size_t distinct : {1u, 2u, 3u, 20u}) {
      reference::Bits bits(least + 100 * distinct);
      lk::SuffixDrafter drafter{{.min_match = least}};
      Tokens text;
      for (int i = 0; i < 200; ++i) {
        CAPTURE(least, distinct, i);
        const auto [length, next] = reference::earlier(text, least, text.size());
        Tokens longer = text;  // a proposal that reaches the end goes on with itself
        const std::size_t n = length > 0 ? bits.below(9) : 0;
        for (std::size_t k = 0; k < n; ++k) longer.push_back(longer[next + k]);
        REQUIRE(propose(drafter, length > 0 ? n : 8) ==
                Tokens(longer.end() - static_cast<std::ptrdiff_t>(n), longer.end()));
        // Now and then the text goes on as it did before, so that long runs repeat.
        const bool again = text.size() > 12 && bits.below(6) > 0;
        const auto fresh = static_cast<lk::Token>(bits.below(distinct));
        text.push_back(again ? text[text.size() - 11] : fresh);
        drafter.accept(text.back());
      }
    }
  }
}

TEST_CASE("a loop is proposed for as long as one likes, and by copies, too", "[suffix_drafter]") {
  lk::SuffixDrafter drafter;
  drafter.start(Tokens{9, 1, 2, 3, 1, 2, 3, 1, 2});
  CHECK(propose(drafter, 8) == Tokens{3, 1, 2, 3, 1, 2, 3, 1});
  lk::SuffixDrafter fork = drafter;
  fork.accept(7);
  CHECK(propose(fork, 8).empty());
  CHECK(propose(drafter, 2) == Tokens{3, 1});
}

TEST_CASE("SuffixOptions says what is wrong", "[suffix_drafter]") {
  CHECK(lk::SuffixOptions{.min_match = 1}.check().empty());
  CHECK(lk::SuffixOptions{.min_match = 0}.check() ==
        "SuffixOptions: min_match must satisfy min_match >= 1, got 0");
  CHECK_THROWS_AS(lk::SuffixDrafter({.min_match = 0}), std::invalid_argument);
}
