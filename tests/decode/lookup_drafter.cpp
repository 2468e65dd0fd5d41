// SPDX-License-Identifier: MIT
// LookupDrafter: what a search of the whole text finds; copies; misuse.
#include <logitkit/decode/lookup_drafter.hpp>

#include "reference/earlier.hpp"
#include "reference/inputs.hpp"
#include "support/catch.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

static_assert(lk::Drafter<lk::LookupDrafter>);

namespace {

Tokens propose(lk::LookupDrafter& drafter, std::size_t n) {
  const lk::Draft draft = drafter.propose({}, n, [](std::uint64_t) { return 0.0; });
  CHECK(draft.drawn_from.empty());
  return {draft.tokens.begin(), draft.tokens.end()};
}

}  // namespace

TEST_CASE("a lookup proposes what a search of the whole text finds", "[lookup_drafter]") {
  for (const auto& [most, least] : {std::pair{1u, 1u}, {2u, 1u}, {3u, 1u}, {5u, 3u}, {64u, 2u}}) {
    for (const std::size_t distinct : {1u, 2u, 4u, 30u}) {
      reference::Bits bits(most + 100 * distinct);
      lk::LookupDrafter drafter{{.max_ngram = most, .min_ngram = least}};
      Tokens text;
      for (int i = 0; i < 120; ++i) {
        CAPTURE(most, least, distinct, i);
        const std::size_t n = bits.below(6);
        Tokens expected;
        if (const auto [length, next] = reference::earlier(text, least, most); length > 0) {
          const auto begin = text.begin() + static_cast<std::ptrdiff_t>(next);
          expected.assign(begin,
                          begin + std::min(static_cast<std::ptrdiff_t>(n), text.end() - begin));
        }
        REQUIRE(propose(drafter, n) == expected);
        text.push_back(static_cast<lk::Token>(bits.below(distinct)));
        drafter.accept(text.back());
      }
    }
  }
}

TEST_CASE("a lookup knows the prompt, and a copy goes its own way", "[lookup_drafter]") {
  lk::LookupDrafter drafter;
  CHECK(propose(drafter, 3).empty());
  drafter.start(Tokens{1, 2, 3, 4, 1, 2});
  CHECK(propose(drafter, 3) == Tokens{3, 4, 1});
  lk::LookupDrafter fork = drafter;
  fork.accept(4);
  CHECK(propose(fork, 9) == Tokens{1, 2, 4});
  CHECK(propose(drafter, 9) == Tokens{3, 4, 1, 2});
}

TEST_CASE("LookupOptions says what is wrong", "[lookup_drafter]") {
  const auto check = [](std::size_t most, std::size_t least) {
    return lk::LookupOptions{.max_ngram = most, .min_ngram = least}.check();
  };
  CHECK(check(2, 1).empty());
  CHECK(check(64, 64).empty());
  CHECK(check(0, 1) == "LookupOptions: max_ngram must satisfy 1 <= max_ngram <= 64, got 0");
  CHECK(check(65, 1) == "LookupOptions: max_ngram must satisfy 1 <= max_ngram <= 64, got 65");
  CHECK(check(2, 0) == "LookupOptions: min_ngram must satisfy 1 <= min_ngram <= max_ngram, got 0");
  CHECK(check(2, 3) == "LookupOptions: min_ngram must satisfy 1 <= min_ngram <= max_ngram, got 3");
  CHECK_THROWS_AS(lk::LookupDrafter({.max_ngram = 0}), std::invalid_argument);
}
