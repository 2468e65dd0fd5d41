// SPDX-License-Identifier: MIT
// Context: the prompt, what was generated, and the position, as views of one list.
#include <logitkit/core/context.hpp>

#include "support/catch.hpp"

#include <vector>

namespace lk = logitkit;

TEST_CASE("a context splits its tokens at the end of the prompt", "[context]") {
  const std::vector<lk::Token> tokens{5, 6, 7, 8};
  for (std::size_t prompt = 0; prompt <= tokens.size(); ++prompt) {
    const lk::Context context{tokens, prompt};
    REQUIRE(context.position() == 4);
    REQUIRE(context.prompt().size() == prompt);
    REQUIRE(context.generated().size() == 4 - prompt);
    REQUIRE(context.prompt().data() == tokens.data());
    REQUIRE(context.generated().data() == tokens.data() + prompt);
  }
}
