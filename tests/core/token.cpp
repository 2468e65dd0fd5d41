// SPDX-License-Identifier: MIT
// Token: the width that engines use, and no token is not one of the vocabulary.
#include <logitkit/core/token.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

TEST_CASE("a token is a signed 32-bit id, and kNoToken is none", "[token]") {
  STATIC_REQUIRE(std::is_same_v<lk::Token, std::int32_t>);
  STATIC_REQUIRE(lk::kNoToken == -1);
}
