// SPDX-License-Identifier: MIT
// Generation: its text is the tokens without the stop sequence that ended them.
#include <logitkit/core/generation.hpp>

#include "support/catch.hpp"

#include <cmath>

namespace lk = logitkit;

TEST_CASE("a generation starts empty and well", "[generation]") {
  const lk::Generation generation;
  REQUIRE(generation.tokens.empty());
  REQUIRE(generation.text().empty());
  REQUIRE(std::isnan(generation.score));
  REQUIRE(generation.reason == lk::StopReason::none);
  REQUIRE(generation.status == lk::Status::ok);
  REQUIRE(generation.error == nullptr);
}

TEST_CASE("the text leaves out the stop sequence", "[generation]") {
  lk::Generation generation{.tokens = {1, 2, 3, 4}};
  for (std::size_t n = 0; n <= 4; ++n) {
    generation.stop_size = n;
    REQUIRE(generation.text().size() == 4 - n);
    REQUIRE(generation.text().data() == generation.tokens.data());
  }
}
