// SPDX-License-Identifier: MIT
// The processors against Hugging Face transformers: see README.md for source and selection.
#include "golden/cases.hpp"

#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

namespace lk = logitkit;
using golden::json;
using golden::Tokens;

namespace {

template <class S>
void apply(const json& step, lk::Candidates<S>& candidates, const lk::Context& context) {
  const std::string name = step[0];
  const json& value = step[1];
  if (name == "temperature") {
    lk::Temperature{value.get<double>()}(candidates, context);
  } else if (name == "top_k") {
    lk::TopK{value.get<int>()}(candidates, context);
  } else if (name == "top_p") {
    lk::TopP{value.get<double>()}(candidates, context);
  } else if (name == "min_p") {
    lk::MinP{value.get<double>()}(candidates, context);
  } else if (name == "softmax") {
    lk::Softmax{}(candidates, context);
  } else if (name == "repetition_penalty") {
    lk::RepetitionPenalty penalty{value.get<double>()};
    penalty.start(context.prompt());
    for (const lk::Token token : context.generated()) penalty.accept(token);
    penalty(candidates, context);
  } else if (name == "logit_bias") {
    lk::LogitBias{value.get<std::vector<std::pair<lk::Token, double>>>()}(candidates, context);
  } else if (name == "ban") {
    lk::Ban{value.get<Tokens>()}(candidates, context);
  } else if (name == "allow_only") {
    lk::AllowOnly{value.get<Tokens>()}(candidates, context);
  } else if (name == "min_new_tokens") {
    lk::MinNewTokens{value[0].get<std::size_t>(), value[1].get<Tokens>()}(candidates, context);
  } else {
    FAIL("no such processor: " << name);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("every golden of Hugging Face agrees", "[golden]", float, double) {
  const auto run = golden::run<TestType>(
      "processors.json", [](const json& step, auto& candidates, const lk::Context& context,
                            const json&) { apply(step, candidates, context); });
  const std::map<std::string, std::size_t> expected{{"LogitNormalization", 12},
                                                    {"MinLengthLogitsProcessor", 7},
                                                    {"MinNewTokensLengthLogitsProcessor", 5},
                                                    {"MinPLogitsWarper", 62},
                                                    {"NoBadWordsLogitsProcessor", 5},
                                                    {"Pipeline", 24},
                                                    {"PrefixConstrainedLogitsProcessor", 3},
                                                    {"RepetitionPenaltyLogitsProcessor", 40},
                                                    {"SequenceBiasLogitsProcessor", 4},
                                                    {"SuppressTokensLogitsProcessor", 4},
                                                    {"TemperatureLogitsWarper", 91},
                                                    {"TopKLogitsWarper", 74},
                                                    {"TopPLogitsWarper", 55}};
  CHECK(run == expected);
}
