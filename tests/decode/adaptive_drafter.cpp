// SPDX-License-Identifier: MIT
// AdaptiveDrafter: asks for what DraftLength says of what was committed; hands on all it hears.
#include <logitkit/decode/adaptive_drafter.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

/// Proposes 1, 1, ... and remembers what it is told.
struct Ones {
  Tokens told{};
  Tokens ones{};

  void start(std::span<const lk::Token> prompt) { told.assign(prompt.begin(), prompt.end()); }
  void accept(lk::Token token) { told.push_back(token); }
  lk::Draft propose(const lk::Context& context, std::size_t n, const auto&) {
    CHECK(std::equal(told.begin(), told.end(), context.tokens.begin(), context.tokens.end()));
    ones.assign(n, 1);
    return {ones, {}};
  }
};
static_assert(lk::Drafter<lk::AdaptiveDrafter<Ones>>);

const auto kNever = [](std::uint64_t) { return 0.5; };

}  // namespace

TEST_CASE("an adaptive drafter counts what was committed of its drafts", "[adaptive_drafter]") {
  const lk::DraftLengthOptions options{.cost = 0.05, .max = 20};
  lk::AdaptiveDrafter drafter{Ones(), options};
  lk::DraftLength length{options};
  Tokens text{8};
  drafter.start(text);
  std::size_t shortest = 20, longest = 0;
  for (std::size_t round = 0; round < 60; ++round) {
    const std::size_t most = round % 7 == 6 ? 2 : 20;
    const lk::Draft draft = drafter.propose({text, 1}, most, kNever);
    REQUIRE(draft.size() == std::min(most, length.best()));
    shortest = std::min(shortest, draft.size());
    longest = std::max(longest, draft.size());
    // At first all is accepted, then one token, with a 1 behind the rejection, which is none.
    const std::size_t accepted = round < 30 ? draft.size() : std::min<std::size_t>(1, draft.size());
    Tokens committed(accepted, 1);
    committed.insert(committed.end(), {5, 1});
    for (const lk::Token token : committed) {
      drafter.accept(token);
      text.push_back(token);
    }
    length.record(draft.size(), accepted);
  }
  CHECK(shortest <= 2);
  CHECK(longest >= 12);
}
