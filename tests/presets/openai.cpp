// SPDX-License-Identifier: MIT
// presets::openai: defaults, the documented order and formula, the API's ranges.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/presets/openai.hpp>

namespace lk = logitkit;
using lk::presets::openai;
using reference::Scores;

TEST_CASE(
    "openai: the defaults change nothing, and all that is on stands in the order documented") {
  CHECK(to_string(openai()).empty());
  CHECK(to_string(openai({.temperature = 0.7,
                          .top_p = 0.9,
                          .presence_penalty = 0.5,
                          .frequency_penalty = -0.25,
                          .logit_bias = {{5, 100}}})) ==
        "logit_bias([5: 100]) > frequency_penalty(-0.25) > presence_penalty(0.5) > "
        "temperature(0.7) > top_p(0.9)");
}

TEMPLATE_TEST_CASE("openai: mu - count * frequency - [count > 0] * presence, of what was generated",
                   "", float, double) {
  auto chain = openai({.temperature = 0.5, .presence_penalty = 1, .frequency_penalty = 0.5});
  chain.start(std::vector<lk::Token>{0, 0, 2});
  for (const lk::Token token : {1, 1, 2}) chain.accept(token);
  CHECK(reference::after(chain, std::vector<TestType>{4, 4, 4}) == Scores{8, 4, 5});
}

TEST_CASE("openai: temperature 0 and top_p 0 keep the best token alone") {
  const std::vector<float> row{1, 3, 3, 2};
  const auto b = reference::kBanned;
  CHECK(reference::after(openai({.temperature = 0}), row) == Scores{b, 3, b, b});
  CHECK(reference::after(openai({.top_p = 0}), row) == Scores{b, 3, b, b});
}

TEST_CASE("openai: what is out of the API's ranges is refused, all at once") {
  const lk::presets::OpenAi wrong{.temperature = 2.5,
                                  .top_p = -0.1,
                                  .presence_penalty = 3,
                                  .frequency_penalty = -3,
                                  .logit_bias = {{1, 101}}};
  CHECK(wrong.complaints() ==
        std::vector<std::string>{
            "temperature must satisfy 0 <= temperature <= 2, got 2.5",
            "top_p must satisfy 0 <= top_p <= 1, got -0.1",
            "presence_penalty must satisfy -2 <= presence_penalty <= 2, got 3",
            "frequency_penalty must satisfy -2 <= frequency_penalty <= 2, got -3",
            "logit_bias must satisfy -100 <= logit_bias <= 100, got 101"});
  CHECK(lk::presets::OpenAi{.temperature = 2, .presence_penalty = -2}.complaints().empty());
  CHECK(lk::presets::OpenAi{.logit_bias = {{-1, 5}}}.complaints().size() == 1);
  reference::refuses([] { static_cast<void>(openai({.top_p = 2})); },
                     "top_p must satisfy 0 <= top_p <= 1, got 2");
}
