// SPDX-License-Identifier: MIT
// Draft and Drafter: what is a drafter, and how a callable becomes one.
#include <logitkit/decode/draft.hpp>

#include "support/catch.hpp"

#include <array>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

struct Silent {
  lk::Draft propose(const lk::Context&, std::size_t, const auto&) { return {}; }
};
struct Wordy {
  Tokens propose(const lk::Context&, std::size_t, const auto&) { return {1}; }
};
constexpr auto last_twice = [](const lk::Context& context, std::size_t) {
  return Tokens(2, context.tokens.back());
};

static_assert(lk::Drafter<Silent>);
static_assert(!lk::Drafter<Wordy>);  // which returns no Draft
static_assert(!lk::Drafter<int>);
static_assert(lk::DraftingCallable<decltype(last_twice)>);
static_assert(!lk::DraftingCallable<Silent>);
static_assert(lk::Drafter<lk::CallableDrafter<decltype(last_twice)>>);

Tokens propose(auto& drafter, const Tokens& tokens, std::size_t n) {
  const auto never = [](std::uint64_t) { return 0.0; };
  const lk::Draft draft = drafter.propose(lk::Context{tokens, 1}, n, never);
  CHECK(draft.drawn_from.empty());
  CHECK(draft.size() == draft.tokens.size());
  CHECK(draft.empty() == draft.tokens.empty());
  return {draft.tokens.begin(), draft.tokens.end()};
}

}  // namespace

TEST_CASE("a callable is a drafter, of at most the tokens that were asked for") {
  lk::CallableDrafter drafter{last_twice};
  CHECK(propose(drafter, {3, 8}, 4) == Tokens{8, 8});
  CHECK(propose(drafter, {3, 8}, 1) == Tokens{8});
  CHECK(propose(drafter, {3, 8}, 0).empty());
}

TEST_CASE("a callable may return a view, and keep state that a copy forks") {
  const std::array<lk::Token, 2> fixed{5, 6};
  lk::CallableDrafter view{[&](const lk::Context&, std::size_t) { return std::span(fixed); }};
  CHECK(propose(view, {1}, 2) == Tokens{5, 6});

  lk::CallableDrafter counting{
      [n = 0](const lk::Context&, std::size_t) mutable { return Tokens{++n}; }};
  CHECK(propose(counting, {1}, 1) == Tokens{1});
  auto fork = counting;
  CHECK(propose(counting, {1}, 1) == Tokens{2});
  CHECK(propose(fork, {1}, 1) == Tokens{2});
  fork = counting;
  CHECK(propose(fork, {1}, 1) == Tokens{3});
}
