// SPDX-License-Identifier: MIT
// The processors and the preset against Hugging Face transformers: see README.md for source and
// selection.
#include "golden/generate.hpp"

#include <logitkit/logitkit.hpp>

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

template <class S>
void apply(const json& step, lk::Candidates<S>& candidates, const lk::Context& context,
           const json& golden) {
  const std::string name = step[0];
  const json& value = step[1];
  const Tokens encoder = golden.value("encoder", Tokens{});
  const auto use = [&]<class P>(P processor) {
    if constexpr (lk::StartingProcessor<P>) processor.start(context.prompt());
    if constexpr (lk::AcceptingProcessor<P>) {
      for (const lk::Token token : context.generated()) processor.accept(token);
    }
    processor(candidates, context);
  };
  const auto number = [&](std::size_t i) { return value[i].template get<double>(); };
  const auto count = [&](std::size_t i) { return value[i].template get<int>(); };
  const auto tokens = [&](std::size_t i) { return value[i].template get<Tokens>(); };
  const auto truncate = [&]<class P>(std::type_identity<P>) {
    if (value.is_number()) return use(P{value.get<double>()});
    use(P{number(0), {.min_keep = value[1]}});
  };

  if (name == "temperature") {
    use(lk::Temperature{value.get<double>()});
  } else if (name == "softmax") {
    use(lk::Softmax{});
  } else if (name == "top_k") {
    use(lk::TopK{value.get<int>()});
  } else if (name == "top_k_and_ties") {
    use(lk::TopK{value.get<int>(), {.keep_ties = true}});
  } else if (name == "top_p") {
    truncate(std::type_identity<lk::TopP<double>>());
  } else if (name == "min_p") {
    truncate(std::type_identity<lk::MinP<double>>());
  } else if (name == "epsilon") {
    truncate(std::type_identity<lk::Epsilon<double>>());
  } else if (name == "eta") {
    truncate(std::type_identity<lk::Eta<double>>());
  } else if (name == "top_h") {
    use(lk::TopH{value.get<double>(), lk::TopHRule::hugging_face});
  } else if (name == "typical") {
    use(lk::Typical{number(0), {.min_keep = value[1], .keep_ties = true}});
  } else if (name == "repetition_penalty") {
    if (value.is_number()) return use(lk::RepetitionPenalty{value.get<double>()});
    use(lk::RepetitionPenalty{number(0), {.skip_prompt = value[1]}});
  } else if (name == "encoder_repetition_penalty") {
    use(lk::EncoderRepetitionPenalty{value.get<double>(), encoder});
  } else if (name == "no_repeat_ngram") {
    use(lk::NoRepeatNgram{value.get<int>()});
  } else if (name == "encoder_no_repeat_ngram") {
    use(lk::EncoderNoRepeatNgram{value.get<int>(), encoder});
  } else if (name == "logit_bias") {
    use(lk::LogitBias{value.get<std::vector<std::pair<lk::Token, double>>>()});
  } else if (name == "sequence_bias") {
    use(lk::SequenceBias{value.get<std::vector<std::pair<Tokens, double>>>()});
  } else if (name == "ban") {
    use(lk::Ban{value.get<Tokens>()});
  } else if (name == "ban_sequences") {
    use(lk::BanSequences{value.get<std::vector<Tokens>>()});
  } else if (name == "allow_only") {
    use(lk::AllowOnly{value.get<Tokens>()});
  } else if (name == "prefix_allowed") {
    use(lk::PrefixAllowed{[&](const lk::Context&) { return value.get<Tokens>(); }});
  } else if (name == "min_length") {
    use(lk::MinLength{count(0), tokens(1)});
  } else if (name == "min_new_tokens") {
    use(lk::MinNewTokens{count(0), tokens(1)});
  } else if (name == "force_first") {
    use(lk::ForceFirst{value.get<lk::Token>()});
  } else if (name == "force_last") {
    use(lk::ForceLast{lk::Limits{.end_tokens = tokens(1), .max_tokens = value[0]}});
  } else if (name == "suppress_at_start") {
    use(lk::SuppressAtStart{tokens(0), count(1)});
  } else if (name == "end_prioritizer") {
    use(lk::EndPrioritizer{number(0), tokens(1)});
  } else if (name == "exponential_length_decay") {
    use(lk::ExponentialLengthDecay{count(0), number(1), tokens(2)});
  } else if (name == "green_list_watermark") {
    use(lk::GreenListWatermark{value["bias"].get<double>(), green_list(value)});
  } else if (name == "synth_id_watermark") {
    use(lk::SynthIdWatermark{synth_id(value)});
  } else if (name == "guidance" || name == "guidance_of_logits") {
    std::vector<S> second;
    for (const json& score : golden["second"]) second.push_back(S(golden::number(score)));
    const auto row = [&](const lk::Context&) { return std::span<const S>(second); };
    use(lk::Guidance{value.get<double>(), row,
                     name == "guidance" ? lk::Guided::log_probabilities : lk::Guided::logits});
  } else if (name == "huggingface") {
    use(golden::chain_of(value));
  } else {
    FAIL("no such processor: " << name);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("every golden of Hugging Face's processors agrees", "[golden]", float, double) {
  const auto run = [](const char* file) { return golden::run<TestType>(file, apply<TestType>); };
  CHECK(run("processors.json") == 386);
  CHECK(run("truncation.json") == 128);
  CHECK(run("typical.json") == 91);
  CHECK(run("repetition.json") == 101);
  CHECK(run("constraints.json") == 83);
  CHECK(run("guidance.json") == 10);
  CHECK(run("presets.json") == 34);
}
