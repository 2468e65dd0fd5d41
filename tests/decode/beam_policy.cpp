// SPDX-License-Identifier: MIT
// A policy of one's own: what it must say, and what is said for it if it is silent.
#include <logitkit/decode/beam_policy.hpp>

#include <logitkit/decode/beam_search.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

/// Plain beams that refuse to end before they have seen a token, and count what they are told.
struct Insistent : lk::PlainBeams {
  lk::Token wanted;
  std::size_t surveys = 0;

  explicit Insistent(lk::Token token) : wanted(token) {}

  using lk::PlainBeams::check;
  [[nodiscard]] std::string check(const lk::Limits& limits, std::size_t prompt) const {
    return prompt < 9 && limits.max_new_tokens > 1 ? "" : "Insistent: no room";
  }
  template <std::floating_point S>
  void before_chain(lk::Candidates<S>& candidates) const {
    candidates.add(wanted, S(0.5));
  }
  void survey(std::span<const lk::Extension> competitors, std::size_t beams,
              const lk::FinishedBeams&) {
    surveys += competitors.size() >= beams;
  }
  [[nodiscard]] bool may_end(const lk::Extension& each) const {
    return each.reason != lk::StopReason::end_token || each.sum < -3;
  }
};

}  // namespace

TEST_CASE("a policy is asked at every step, and only what it allows ends") {
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 3, .length_penalty = 0}, Insistent(4)};
  const lk::Limits limits{.max_new_tokens = 12, .end_tokens = {2}};
  test::CachedRecurrent<float> model{9, 5};
  const Tokens prompt{1, 0};
  auto session = beams.start(prompt, limits);
  std::size_t steps = 0;
  lk::detail::run_to_end(session, model, prompt, [&] { ++steps; });
  CHECK(session.policy().surveys == steps);
  for (const auto& each : session.results()) {
    if (each.reason == lk::StopReason::end_token) CHECK(each.score < -3);
  }
}

TEST_CASE("what a policy says of a request is what the session refuses it with") {
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 3}, Insistent(4)};
  CHECK_THROWS_WITH(beams.start(Tokens(9, 1), {}), "Insistent: no room");
  CHECK_NOTHROW(beams.start(Tokens(8, 1), {}));
}

TEST_CASE("a policy that lets nothing end leaves what has not ended, and why") {
  struct Never : lk::PlainBeams {
    [[nodiscard]] bool may_end(const lk::Extension&) const { return false; }
  };
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 1}, Never{}};
  std::size_t observed = 0;
  const auto results =
      beams.decode(test::PlainRecurrent<float>{3, 5}, Tokens{1},
                   {.max_new_tokens = 5, .end_tokens = {0, 1, 2}}, [&](lk::Token) { ++observed; });
  REQUIRE(results.size() == 1);
  CHECK(results[0].tokens.empty());
  CHECK(results[0].reason == lk::StopReason::bad_row);
  CHECK(results[0].status == lk::Status::nothing_left);
  CHECK(observed == 0);
}

TEST_CASE("each token that may end a beam is counted once") {
  const auto count = [](const lk::Limits& limits) {
    return lk::detail::competitors({.beams = 10}, limits);
  };
  CHECK(count({}) == 20);
  CHECK(count({.end_tokens = {2, 5}}) == 30);
  CHECK(count({.end_tokens = {2}, .stop_sequences = {{1, 7}, {3, 7}, {4, 2}}}) == 30);
}
