// SPDX-License-Identifier: MIT
// MaxTokens: counts all tokens, the prompt included.
#include "support/catch.hpp"

#include <logitkit/stop/max_tokens.hpp>

#include <vector>

namespace lk = logitkit;

TEST_CASE("MaxTokens is met from its limit on, the prompt counted") {
  const std::vector<lk::Token> tokens(10, 1);
  for (std::size_t prompt = 0; prompt <= 10; ++prompt) {
    for (std::size_t limit = 1; limit <= 11; ++limit) {
      const auto reason = lk::MaxTokens{limit}(lk::Context{tokens, prompt});
      CAPTURE(prompt, limit);
      CHECK((reason == lk::StopReason::max_tokens) == (10 >= limit));
      CHECK((reason == lk::StopReason::none) == (10 < limit));
    }
  }
  CHECK(lk::MaxTokens{std::size_t(-1)}(lk::Context{tokens, 0}) == lk::StopReason::none);
}
