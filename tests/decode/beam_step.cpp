// SPDX-License-Identifier: MIT
// BeamStep: nothing to feed and nothing to move, unless a search says so.
#include <logitkit/decode/beam_step.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

TEST_CASE("a step begins empty, with nothing to move") {
  const lk::BeamStep step;
  CHECK(step.tokens.empty());
  CHECK(step.parents.empty());
  CHECK(step.identity);
}
