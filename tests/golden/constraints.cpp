// SPDX-License-Identifier: MIT
// The constraints against Hugging Face transformers: see README.md for source and selection.
#include "golden/cases.hpp"

#include <logitkit/process/ban_sequences.hpp>
#include <logitkit/process/end_prioritizer.hpp>
#include <logitkit/process/exponential_length_decay.hpp>
#include <logitkit/process/force_first.hpp>
#include <logitkit/process/force_last.hpp>
#include <logitkit/process/min_length.hpp>
#include <logitkit/process/prefix_allowed.hpp>
#include <logitkit/process/sequence_bias.hpp>
#include <logitkit/process/suppress_at_start.hpp>

namespace lk = logitkit;
using golden::json;
using golden::Tokens;

namespace {

template <class P>
P with_history(P processor, const lk::Context& context) {
  processor.start(context.prompt());
  for (const lk::Token token : context.generated()) processor.accept(token);
  return processor;
}

template <class S>
void apply(const json& step, lk::Candidates<S>& candidates, const lk::Context& context) {
  const std::string name = step[0];
  const json& value = step[1];
  if (name == "sequence_bias") {
    const lk::SequenceBias bias{value.get<std::vector<std::pair<Tokens, double>>>()};
    with_history(bias, context)(candidates, context);
  } else if (name == "ban_sequences") {
    const lk::BanSequences ban{value.get<std::vector<Tokens>>()};
    with_history(ban, context)(candidates, context);
  } else if (name == "min_length") {
    lk::MinLength{value[0].get<int>(), value[1].get<Tokens>()}(candidates, context);
  } else if (name == "prefix_allowed") {
    const auto allowed = [&](const lk::Context&) { return value.get<Tokens>(); };
    lk::PrefixAllowed{allowed}(candidates, context);
  } else if (name == "force_first") {
    lk::ForceFirst{value.get<lk::Token>()}(candidates, context);
  } else if (name == "force_last") {
    const lk::Limits limits{.end_tokens = value[1].get<Tokens>(), .max_tokens = value[0]};
    lk::ForceLast{limits}(candidates, context);
  } else if (name == "suppress_at_start") {
    lk::SuppressAtStart{value[0].get<Tokens>(), value[1].get<int>()}(candidates, context);
  } else if (name == "end_prioritizer") {
    lk::EndPrioritizer{value[0].get<double>(), value[1].get<Tokens>()}(candidates, context);
  } else if (name == "exponential_length_decay") {
    const auto ends = value[2].get<Tokens>();
    lk::ExponentialLengthDecay{value[0].get<int>(), value[1].get<double>(), ends}(candidates,
                                                                                  context);
  } else {
    FAIL("no such processor: " << name);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("every golden of Hugging Face's constraints agrees", "[golden]", float, double) {
  const auto run = golden::run<TestType>(
      "constraints.json", [](const json& step, auto& candidates, const lk::Context& context,
                             const json&) { apply(step, candidates, context); });
  const std::map<std::string, std::size_t> expected{{"BarkEosPrioritizerLogitsProcessor", 3},
                                                    {"ExponentialDecayLengthPenalty", 18},
                                                    {"ForcedBOSTokenLogitsProcessor", 2},
                                                    {"ForcedEOSTokenLogitsProcessor", 6},
                                                    {"MinLengthLogitsProcessor", 6},
                                                    {"NoBadWordsLogitsProcessor", 26},
                                                    {"PrefixConstrainedLogitsProcessor", 2},
                                                    {"SequenceBiasLogitsProcessor", 14},
                                                    {"SuppressTokensAtBeginLogitsProcessor", 6}};
  CHECK(run == expected);
}
