// SPDX-License-Identifier: MIT
// EndToken: the last generated token alone decides.
#include "support/catch.hpp"

#include <logitkit/stop/end_token.hpp>

namespace lk = logitkit;

namespace {
lk::StopReason ask(const std::vector<lk::Token>& ends, const std::vector<lk::Token>& tokens,
                   std::size_t prompt) {
  return lk::EndToken{ends}(lk::Context{tokens, prompt});
}
}  // namespace

TEST_CASE("EndToken is met by the last generated token") {
  CHECK(ask({2}, {5, 2}, 1) == lk::StopReason::end_token);
  CHECK(ask({7, 2, 9}, {5, 4, 9}, 1) == lk::StopReason::end_token);
  CHECK(ask({0}, {5, 0}, 0) == lk::StopReason::end_token);
}

TEST_CASE("EndToken is not met by an earlier token, another token, or none") {
  CHECK(ask({2}, {5, 2, 3}, 1) == lk::StopReason::none);
  CHECK(ask({2}, {5, 3}, 1) == lk::StopReason::none);
  CHECK(ask({}, {5, 2}, 1) == lk::StopReason::none);
}

TEST_CASE("EndToken does not look at the prompt") {
  CHECK(ask({2}, {5, 2}, 2) == lk::StopReason::none);
  CHECK(ask({2}, {2, 2}, 1) == lk::StopReason::end_token);
  CHECK(ask({2}, {}, 0) == lk::StopReason::none);
}
