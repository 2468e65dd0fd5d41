// SPDX-License-Identifier: MIT
// PenaltyScope: the counts are those of a rescan of the sequence, whatever the window and prompt.
#include <logitkit/core/penalty_scope.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <map>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;
using Counts = std::map<lk::Token, std::uint32_t>;

namespace {

Counts counts_of(const lk::ScopedCounts& counts) {
  Counts all;
  for (const auto& [token, count] : counts) all[token] = count;
  CHECK(all.size() == counts.size());
  return all;
}

/// The slow twin: looks at the whole sequence again.
Counts rescan(const Tokens& tokens, std::size_t prompt, const lk::PenaltyScope& scope) {
  const std::size_t from = std::min(prompt, scope.skip_prompt);
  Counts all;
  for (std::size_t i = from; i < tokens.size(); ++i) {
    if (tokens.size() - i <= scope.last) ++all[tokens[i]];
  }
  return all;
}

}  // namespace

TEST_CASE("scoped counts are those of a rescan after every token", "[penalty_scope]") {
  test::Random random(4);
  for (const std::size_t last : {0ul, 1ul, 2ul, 3ul, 7ul, 64ul, 65ul, lk::kAllTokens}) {
    for (const std::size_t skip_prompt : {0ul, 1ul, 5ul, 20ul, 21ul, lk::kAllTokens}) {
      for (const std::size_t prompt : {0u, 1u, 5u, 20u, 100u}) {
        const lk::PenaltyScope scope{.last = last, .skip_prompt = skip_prompt};
        Tokens tokens(prompt + 80);
        for (auto& token : tokens) token = static_cast<lk::Token>(random.below(9));
        lk::ScopedCounts counts(scope);
        counts.start(std::span(tokens).first(prompt));
        for (std::size_t n = prompt; n < tokens.size(); ++n) {
          REQUIRE(counts_of(counts) == rescan({tokens.data(), tokens.data() + n}, prompt, scope));
          counts.accept(tokens[n]);
        }
        REQUIRE(counts_of(counts) == rescan(tokens, prompt, scope));
      }
    }
  }
}

TEST_CASE("a token that has left the window is gone, not left behind with a count of 0",
          "[penalty_scope][peers]") {
  lk::ScopedCounts counts({.last = 2});
  for (const lk::Token token : {5, 6, 7}) counts.accept(token);
  CHECK(counts.size() == 2);
  CHECK(counts_of(counts) == Counts{{6, 1}, {7, 1}});
}

TEST_CASE("a window of everything is not a window of nothing", "[penalty_scope][peers]") {
  lk::ScopedCounts all({}), none({.last = 0});
  for (const lk::Token token : {5, 6, 5}) all.accept(token), none.accept(token);
  CHECK(counts_of(all) == Counts{{5, 2}, {6, 1}});
  CHECK(none.size() == 0);
}

TEST_CASE("of a prompt as much is skipped as is said; kGenerated skips all", "[penalty_scope]") {
  const Tokens prompt{1, 2, 3};
  const auto counted = [&](const lk::PenaltyScope& scope) {
    lk::ScopedCounts counts(scope);
    counts.start(prompt);
    counts.accept(9);
    return counts_of(counts);
  };
  CHECK(counted({}) == Counts{{1, 1}, {2, 1}, {3, 1}, {9, 1}});
  CHECK(counted({.skip_prompt = 2}) == Counts{{3, 1}, {9, 1}});
  CHECK(counted({.skip_prompt = 4}) == Counts{{9, 1}});
  CHECK(counted(lk::kGenerated) == Counts{{9, 1}});
  CHECK(counted({.last = 2}) == Counts{{3, 1}, {9, 1}});
}

TEST_CASE("a copy of scoped counts has a window of its own", "[penalty_scope]") {
  lk::ScopedCounts a({.last = 2});
  a.accept(1), a.accept(2);
  lk::ScopedCounts b = a;
  b.accept(3);
  CHECK(counts_of(a) == Counts{{1, 1}, {2, 1}});
  CHECK(counts_of(b) == Counts{{2, 1}, {3, 1}});
}
