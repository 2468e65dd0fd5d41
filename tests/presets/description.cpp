// SPDX-License-Identifier: MIT
// Description: what each processor says of itself.
#include "support/catch.hpp"

#include <logitkit/logitkit.hpp>
#include <logitkit/presets/description.hpp>

namespace lk = logitkit;

namespace {

std::string text(const auto& processor) {
  lk::Description description;
  processor.describe(description);
  return to_string(description);
}

}  // namespace

TEST_CASE("A description has a name, fields in order, and a text") {
  lk::Description description;
  description("dry", "multiplier", 0.8f, "allowed_length", 2);
  CHECK(description.name == "dry");
  CHECK(description.parameters == lk::Parameters{{"multiplier", 0.8f}, {"allowed_length", 2}});
  CHECK(to_string(description) == "dry(multiplier=0.8, allowed_length=2)");
  CHECK(to_string(lk::Description{"softmax"}) == "softmax");
  CHECK(to_string(lk::Description{"top_k", {{"k", 40}}}) == "top_k(40)");
}

TEST_CASE("Every processor describes itself") {
  CHECK(text(lk::AllowOnly{{1, 2}}) == "allow_only([1, 2])");
  CHECK(text(lk::Ban{{3}}) == "ban([3])");
  CHECK(text(lk::FrequencyPenalty{0.5f}) == "frequency_penalty(0.5)");
  CHECK(text(lk::LogitBias{{{3, -1.5f}}}) == "logit_bias([3: -1.5])");
  CHECK(text(lk::MinNewTokens{10, {2}}) == "min_new_tokens(n=10, end_tokens=[2])");
  CHECK(text(lk::MinP{0.05f}) == "min_p(0.05)");
  CHECK(text(lk::PresencePenalty{0.5f}) == "presence_penalty(0.5)");
  CHECK(text(lk::RepetitionPenalty{1.1f}) == "repetition_penalty(1.1)");
  CHECK(text(lk::Softmax{}) == "softmax");
  CHECK(text(lk::Temperature{0.8f}) == "temperature(0.8)");
  CHECK(text(lk::TopK{40}) == "top_k(40)");
  CHECK(text(lk::TopP{0.95f}) == "top_p(0.95)");
}
