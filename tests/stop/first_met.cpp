// SPDX-License-Identifier: MIT
// FirstMet: of several rules met at once, the first in StopReason's order counts.
#include "support/catch.hpp"

#include <logitkit/stop/first_met.hpp>

namespace lk = logitkit;
using lk::StopReason;

TEST_CASE("FirstMet: of all 32 sets of rules met at once, the first in the list counts") {
  const std::vector<lk::Token> tokens{1, 5, 6};
  const lk::Context context{tokens, 1};
  const StopReason order[] = {StopReason::end_token, StopReason::stop_sequence,
                              StopReason::predicate, StopReason::max_new_tokens,
                              StopReason::max_tokens};
  for (unsigned met = 0; met < 32; ++met) {
    const auto has = [met](unsigned rule) { return (met >> rule & 1u) != 0; };
    const lk::Limits limits{
        .max_new_tokens = has(3) ? std::size_t(2) : std::size_t(3),
        .end_tokens = {has(0) ? 6 : 5},
        .max_tokens = has(4) ? std::size_t(3) : std::size_t(4),
        .stop_sequences = {has(1) ? std::vector<lk::Token>{5, 6} : std::vector<lk::Token>{5}},
        .stop_when = [&](const lk::Context&) { return has(2); }};
    StopReason expected = StopReason::none;
    for (unsigned rule = 5; rule-- > 0;) {
      if (has(rule)) expected = order[rule];
    }
    CAPTURE(met);
    CHECK(std::string(to_string(lk::FirstMet{limits}(context))) == to_string(expected));
  }
}

TEST_CASE("FirstMet: default limits go on for 256 tokens") {
  const lk::Limits limits;
  std::vector<lk::Token> tokens(300, 4);
  for (std::size_t generated = 0; generated <= 257; ++generated) {
    const lk::Context context{std::span(tokens).first(7 + generated), 7};
    const bool ended = lk::FirstMet{limits}(context) != StopReason::none;
    if (ended != (generated >= 256)) FAIL_CHECK(generated);
  }
  CHECK(lk::FirstMet{limits}(lk::Context{tokens, 7}) == StopReason::max_new_tokens);
}

TEST_CASE("FirstMet: only a stop sequence has a size") {
  const std::vector<lk::Token> tokens{7, 8, 9};
  const lk::Limits limits{.stop_sequences = {{9}, {8, 9}}};
  CHECK(lk::FirstMet{limits}.stop_size(StopReason::stop_sequence, tokens) == 2);
  CHECK(lk::FirstMet{limits}.stop_size(StopReason::end_token, tokens) == 0);
  CHECK(lk::FirstMet{limits}.stop_size(StopReason::none, tokens) == 0);
}

TEST_CASE("FirstMet asks the predicate only where nothing before it is met") {
  int asked = 0;
  const std::vector<lk::Token> tokens{1, 2};
  const lk::Limits limits{.end_tokens = {2}, .stop_when = [&](const lk::Context&) {
                            ++asked;
                            return false;
                          }};
  CHECK(lk::FirstMet{limits}(lk::Context{tokens, 1}) == StopReason::end_token);
  CHECK(asked == 0);
  CHECK(lk::FirstMet{limits}(lk::Context{tokens, 2}) == StopReason::none);
  CHECK(asked == 1);
}
