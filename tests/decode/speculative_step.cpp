// SPDX-License-Identifier: MIT
// SpeculationStatistics: its two quotients.
#include <logitkit/decode/speculative_step.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

TEST_CASE("statistics of speculation are quotients, 0 where there was nothing") {
  CHECK(lk::SpeculationStatistics{}.acceptance() == 0);
  CHECK(lk::SpeculationStatistics{}.tokens_per_round() == 0);
  const lk::SpeculationStatistics some{.rounds = 4, .drafted = 12, .accepted = 3, .tokens = 7};
  CHECK(some.acceptance() == 0.25);
  CHECK(some.tokens_per_round() == 1.75);
  CHECK(lk::SpeculativeStep{}.picks.empty());
}
