// SPDX-License-Identifier: MIT
// What looks at repetition, and the watermark, against Hugging Face transformers: see README.md.
#include "golden/cases.hpp"

#include <logitkit/process/ban.hpp>
#include <logitkit/process/encoder_no_repeat_ngram.hpp>
#include <logitkit/process/encoder_repetition_penalty.hpp>
#include <logitkit/process/green_list_watermark.hpp>
#include <logitkit/process/no_repeat_ngram.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/synth_id_watermark.hpp>

namespace lk = logitkit;
using golden::json;
using golden::Tokens;

namespace {

lk::GreenListOptions green_list(const json& value) {
  const bool self = value["seeding_scheme"] == "selfhash";
  return {.vocabulary = value["vocab_size"],
          .ratio = value["greenlist_ratio"],
          .key = value["hashing_key"],
          .seeding = self ? lk::GreenSeeding::self_hash : lk::GreenSeeding::left_hash,
          .context = value["context_width"]};
}

lk::SynthIdOptions synth_id(const json& value) {
  return {.keys = value["keys"],
          .ngram = value["ngram_len"],
          .table_size = value["sampling_table_size"],
          .table_seed = value["sampling_table_seed"],
          .history = value["context_history_size"]};
}

template <class P, class S>
void started(P processor, lk::Candidates<S>& candidates, const lk::Context& context) {
  if constexpr (lk::StartingProcessor<P>) processor.start(context.prompt());
  for (const lk::Token token : context.generated()) processor.accept(token);
  processor(candidates, context);
}

template <class S>
void apply(const json& step, lk::Candidates<S>& candidates, const lk::Context& context,
           const json& golden) {
  const std::string name = step[0];
  const json& value = step[1];
  const Tokens encoder = golden.value("encoder", Tokens{});
  if (name == "repetition_penalty") {
    const lk::PenaltyScope scope{.skip_prompt = value[1]};
    started(lk::RepetitionPenalty{value[0].get<double>(), scope}, candidates, context);
  } else if (name == "encoder_repetition_penalty") {
    lk::EncoderRepetitionPenalty{value.get<double>(), encoder}(candidates, context);
  } else if (name == "no_repeat_ngram") {
    started(lk::NoRepeatNgram{value.get<int>()}, candidates, context);
  } else if (name == "encoder_no_repeat_ngram") {
    lk::EncoderNoRepeatNgram{value.get<int>(), encoder}(candidates, context);
  } else if (name == "green_list_watermark") {
    started(lk::GreenListWatermark{value["bias"].get<double>(), green_list(value)}, candidates,
            context);
  } else if (name == "synth_id_watermark") {
    started(lk::SynthIdWatermark{synth_id(value)}, candidates, context);
  } else if (name == "ban") {
    lk::Ban{value.get<Tokens>()}(candidates, context);
  } else if (name == "softmax") {
    lk::Softmax{}(candidates, context);
  } else {
    FAIL("no such processor: " << name);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("every golden of repetition agrees", "[golden]", float, double) {
  const auto run = golden::run<TestType>(
      "repetition.json", [](const json& step, auto& candidates, const lk::Context& context,
                            const json& golden) { apply(step, candidates, context, golden); });
  const std::map<std::string, std::size_t> expected{{"EncoderNoRepeatNGramLogitsProcessor", 19},
                                                    {"EncoderRepetitionPenaltyLogitsProcessor", 13},
                                                    {"NoRepeatNGramLogitsProcessor", 40},
                                                    {"Pipeline", 3},
                                                    {"RepetitionPenaltyLogitsProcessor", 3},
                                                    {"SynthIDTextWatermarkLogitsProcessor", 14},
                                                    {"WatermarkLogitsProcessor", 9}};
  CHECK(run == expected);
}
