// SPDX-License-Identifier: MIT
// Live beams: tokens, chains and sums follow their parents; a step copies no more than it must.
#include <logitkit/decode/detail/live_beams.hpp>

#include <logitkit/process/chain.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"
#include "support/witness.hpp"

#include <set>
#include <stdexcept>

namespace lk = logitkit;
using lk::Extension;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{7, 8, 9};

/// Counts how often it is copied; `keeps_state` or not.
template <bool keeps_state>
struct Copied {
  int* copies;
  explicit Copied(int& count) : copies(&count) {}
  Copied(const Copied& other) : copies(other.copies) { ++*copies; }
  Copied(Copied&&) = default;
  Copied& operator=(const Copied& other) {
    copies = other.copies;
    ++*copies;
    return *this;
  }
  Copied& operator=(Copied&&) = default;
  void operator()(auto&, const lk::Context&) const {}
  void accept(lk::Token)
    requires keeps_state
  {}
};

struct Refuses {
  void operator()(auto&, const lk::Context&) const {}
  void accept(lk::Token token) {
    if (token == 13) throw std::runtime_error("unlucky");
  }
};

/// What a policy might note with a beam: how many tokens it was told.
struct Told {
  std::size_t tokens = 0;
};

template <class C>
struct LiveBeams : lk::detail::LiveBeams<C, Told> {
  using lk::detail::LiveBeams<C, Told>::LiveBeams;
  void advance(std::span<const Extension> extensions) {
    lk::detail::LiveBeams<C, Told>::advance(extensions,
                                            [](Told& told, lk::Token) { ++told.tokens; });
  }
};

template <class C>
LiveBeams<C> start(const C& chain, std::size_t most) {
  return LiveBeams<C>(chain, {}, kPrompt, {}, {}, most);
}

std::vector<Extension> steps(std::initializer_list<std::pair<std::size_t, lk::Token>> all) {
  std::vector<Extension> result;
  for (const auto& [parent, token] : all) result.push_back({0, -double(token), token, parent});
  return result;
}

template <class C>
Tokens generated(const LiveBeams<C>& live, std::size_t r) {
  const auto tokens = live.context(r).generated();
  return {tokens.begin(), tokens.end()};
}

}  // namespace

TEST_CASE("whatever forks, dies and comes back: each row is its parent's and a token") {
  test::Random random(1);
  int mistakes = 0;
  auto live = start(test::Witness{&mistakes}, 6);
  std::vector<Tokens> expected{{}};
  const std::vector<float> row(4);
  lk::Workspace workspace;
  for (int step = 0; step < 2000; ++step) {
    std::vector<Extension> extensions;
    std::vector<Tokens> next;
    const std::size_t count = 1 + random.below(step % 50 == 0 ? 2 : 6);
    for (std::size_t r = 0; r < count; ++r) {
      const auto token = static_cast<lk::Token>(random.below(4));
      extensions.push_back({double(step), -double(step), token, random.below(live.size())});
      next.push_back(expected[extensions[r].parent]);
      next.back().push_back(token);
    }
    live.advance(extensions);
    expected = next;
    REQUIRE(live.size() == count);
    for (std::size_t r = 0; r < count; ++r) {
      REQUIRE(generated(live, r) == expected[r]);
      REQUIRE(std::ranges::equal(live.context(r).prompt(), kPrompt));
      REQUIRE(live[r].sum == -double(step));
      REQUIRE(live[r].key == double(step));
      REQUIRE(live[r].state.tokens == expected[r].size());
      lk::Candidates candidates(row, workspace);
      (*live[r].chain)(candidates, live.context(r));
    }
  }
  CHECK(mistakes == 0);
}

TEST_CASE("a step touches tokens only where a beam takes another's place") {
  auto live = start(lk::Chain<>{}, 3);
  live.advance(steps({{0, 1}, {0, 2}, {0, 3}}));
  for (lk::Token i = 0; i < 500; ++i) live.advance(steps({{0, i}, {1, i + 1}, {2, i + 2}}));
  // The prompt of each is marked: no step may copy it from one to another.
  for (std::size_t r = 0; r < 3; ++r) live[r].tokens[0] = lk::Token(100 + r);
  live.advance(steps({{1, 1}, {0, 1}, {1, 2}}));
  live.advance(steps({{2, 3}, {2, 4}, {2, 5}}));
  live.advance(steps({{1, 6}}));
  live.advance(steps({{0, 7}, {0, 8}, {0, 9}}));
  std::set<lk::Token> marks;
  for (std::size_t r = 0; r < 3; ++r) marks.insert(live[r].tokens[0]);
  CHECK(marks == std::set<lk::Token>{100, 101, 102});
  const Tokens end{2, 4, 6};  // those of all; before them, what row 1 had at first
  for (std::size_t r = 0; r < 3; ++r) {
    const Tokens tokens = generated(live, r);
    REQUIRE(tokens.size() == 505);
    CHECK(tokens[0] == 2);
    CHECK(Tokens(tokens.end() - 4, tokens.end() - 1) == end);
    CHECK(tokens.back() == lk::Token(7 + r));
  }
}

TEST_CASE("an only child takes its parent's chain; one without state is never copied anew") {
  int copies = 0;
  {
    auto live = start(Copied<true>(copies), 3);
    live.advance(steps({{0, 1}, {0, 2}, {0, 3}}));
    copies = 0;
    live.advance(steps({{2, 1}, {0, 2}, {1, 3}}));
    CHECK(copies == 0);
    live.advance(steps({{1, 1}, {1, 2}, {0, 3}}));
    CHECK(copies == 1);
    live.advance(steps({{1, 1}, {1, 2}, {1, 3}}));
    CHECK(copies == 3);
  }
  auto live = start(Copied<false>(copies), 3);
  live.advance(steps({{0, 1}, {0, 2}, {0, 3}}));
  copies = 0;
  live.advance(steps({{1, 1}, {1, 2}, {1, 3}}));
  CHECK(copies == 0);
}

TEST_CASE("a lambda with captures, which cannot be assigned, forks too") {
  const auto chain = [factor = 2.0](auto& candidates, const lk::Context&) {
    candidates.scale(factor);
  };
  auto live = start(chain, 2);
  live.advance(steps({{0, 1}, {0, 2}}));
  live.advance(steps({{1, 3}, {1, 4}}));
  CHECK(generated(live, 0) == Tokens{2, 3});
  CHECK(generated(live, 1) == Tokens{2, 4});
}

TEST_CASE("a copy goes its own way") {
  auto live = start(lk::Chain<>{}, 2);
  live.advance(steps({{0, 1}, {0, 2}}));
  auto copy = live;
  live.advance(steps({{0, 3}, {0, 4}}));
  copy.advance(steps({{1, 5}, {0, 6}}));
  CHECK(generated(live, 1) == Tokens{1, 4});
  CHECK(generated(copy, 0) == Tokens{2, 5});
  CHECK(generated(copy, 1) == Tokens{1, 6});
}

TEST_CASE("where an accept throws no beam is left") {
  auto live = start(Refuses{}, 2);
  live.advance(steps({{0, 1}, {0, 2}}));
  CHECK_THROWS_AS(live.advance(steps({{0, 1}, {0, 13}})), std::runtime_error);
  CHECK(live.empty());
}
