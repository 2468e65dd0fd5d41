// SPDX-License-Identifier: MIT
// MaxNewTokens: counts generated tokens, not the prompt.
#include "support/catch.hpp"

#include <logitkit/stop/max_new_tokens.hpp>

#include <vector>

namespace lk = logitkit;

TEST_CASE("MaxNewTokens is met from its limit on, the prompt not counted") {
  const std::vector<lk::Token> tokens(10, 1);
  for (std::size_t prompt = 0; prompt <= 10; ++prompt) {
    for (std::size_t limit = 1; limit <= 11; ++limit) {
      const auto reason = lk::MaxNewTokens{limit}(lk::Context{tokens, prompt});
      CAPTURE(prompt, limit);
      CHECK((reason == lk::StopReason::max_new_tokens) == (10 - prompt >= limit));
      CHECK((reason == lk::StopReason::none) == (10 - prompt < limit));
    }
  }
  CHECK(lk::MaxNewTokens{std::size_t(-1)}(lk::Context{tokens, 0}) == lk::StopReason::none);
}
