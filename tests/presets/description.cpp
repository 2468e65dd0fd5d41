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

TEST_CASE("a description has a name, fields in order, and a text") {
  lk::Description description;
  description("dry", "multiplier", 0.8f, "allowed_length", 2);
  CHECK(description.name == "dry");
  CHECK(description.parameters == lk::Parameters{{"multiplier", 0.8f}, {"allowed_length", 2}});
  CHECK(to_string(description) == "dry(multiplier=0.8, allowed_length=2)");
  CHECK(to_string(lk::Description{"softmax"}) == "softmax");
  CHECK(to_string(lk::Description{"top_k", {{"k", 40}}}) == "top_k(40)");
}

TEST_CASE("a field with its usual value is not told") {
  lk::Description description;
  description("top_p", "p", 0.5).option("min_keep", std::size_t(1), 1).option("other", 2, 3);
  CHECK(to_string(description) == "top_p(p=0.5, other=2)");
}

TEST_CASE("every processor describes itself") {
  const std::vector<lk::Token> two{1, 2};
  CHECK(text(lk::AdaptiveP{0.3f}) == "adaptive_p(target=0.3, decay=0.9)");
  CHECK(text(lk::AllowOnly{two}) == "allow_only([1, 2])");
  CHECK(text(lk::Ban{{3}}) == "ban([3])");
  CHECK(text(lk::BanSequences{{two}}) == "ban_sequences");
  CHECK(text(lk::Dry{{.last = 64}}) == "dry(multiplier=0.8, base=1.75, allowed_length=2, last=64)");
  CHECK(text(lk::DynamicTemperature{0.5, 1.5}) ==
        "dynamic_temperature(min=0.5, max=1.5, exponent=1)");
  CHECK(text(lk::EncoderNoRepeatNgram{3, two}) == "encoder_no_repeat_ngram(3)");
  CHECK(text(lk::EncoderRepetitionPenalty{2.0f, two}) ==
        "encoder_repetition_penalty(r=2, tokens=[1, 2])");
  CHECK(text(lk::EndPrioritizer{0.2f, {2}}) == "end_prioritizer(p=0.2, end_tokens=[2])");
  CHECK(text(lk::Epsilon{0.0003f}) == "epsilon(0.0003)");
  CHECK(text(lk::Eta{0.0006f}) == "eta(0.0006)");
  CHECK(text(lk::ExponentialLengthDecay{5, 1.2f, {2}}) ==
        "exponential_length_decay(start=5, factor=1.2, end_tokens=[2])");
  CHECK(text(lk::ForceFirst{7}) == "force_first(7)");
  CHECK(text(lk::ForceLast{lk::Limits{.max_new_tokens = 9, .end_tokens = {2}}}) ==
        "force_last(max_new_tokens=9, end_tokens=[2])");
  CHECK(text(lk::ForcePrefix{two}) == "force_prefix([1, 2])");
  CHECK(text(lk::FrequencyPenalty{0.5f}) == "frequency_penalty(0.5)");
  CHECK(text(lk::GreenListWatermark{2.0f, {.vocabulary = 64}}) == "green_list_watermark(2)");
  const auto second = [](const lk::Context&) { return std::vector<float>(); };
  CHECK(text(lk::Guidance{1.5, second}) == "guidance(1.5)");
  CHECK(text(lk::Guidance{1.5, second, lk::Guided::logits}) == "guidance(g=1.5, of_logits=true)");
  CHECK(text(lk::LogitBias{{{3, -1.5f}}}) == "logit_bias([3: -1.5])");
  CHECK(text(lk::MinLength{10, {2}}) == "min_length(n=10, end_tokens=[2])");
  CHECK(text(lk::MinNewTokens{10, {2}}) == "min_new_tokens(n=10, end_tokens=[2])");
  CHECK(text(lk::MinP{0.05f, {.min_keep = 3}}) == "min_p(min_p=0.05, min_keep=3)");
  CHECK(text(lk::Mirostat{5.0f, 0.5f}) == "mirostat(tau=5, eta=0.5)");
  CHECK(text(lk::Mirostat{
            5.0f, 0.5f, {.version = 1, .m = 50, .surprise = lk::MirostatSurprise::llama_cpp}}) ==
        "mirostat(tau=5, eta=0.5, version=1, m=50, llama_cpp=true)");
  CHECK(text(lk::NoRepeatNgram{3}) == "no_repeat_ngram(3)");
  CHECK(text(lk::PLess{}) == "p_less");
  CHECK(text(lk::PrefixAllowed{[&](const lk::Context&) { return two; }}) == "prefix_allowed");
  CHECK(text(lk::PresencePenalty{0.5f}) == "presence_penalty(0.5)");
  CHECK(text(lk::QuadraticSmoothing{0.3, 2}) == "quadratic_smoothing(factor=0.3, curve=2)");
  CHECK(text(lk::RepetitionPenalty{1.1f, {.last = 64}}) == "repetition_penalty(r=1.1, last=64)");
  CHECK(text(lk::SequenceBias<float>{{{two, 1.0f}}}) == "sequence_bias");
  CHECK(text(lk::Softmax{}) == "softmax");
  CHECK(text(lk::SuppressAtStart{two}) == "suppress_at_start([1, 2])");
  CHECK(text(lk::SynthIdWatermark{{.keys = {7, 8}}}) == "synth_id_watermark(layers=2, ngram=5)");
  CHECK(text(lk::TailFree{0.9f}) == "tail_free(0.9)");
  CHECK(text(lk::Temperature{0.8f}) == "temperature(0.8)");
  CHECK(text(lk::ThinkingBudget{9, {1}, {2}}) == "thinking_budget(n=9, begin=[1], end=[2])");
  const std::vector<std::uint32_t> words{7};
  CHECK(text(lk::TokenMask{words}) == "token_mask");
  CHECK(text(lk::TopA{0.2f}) == "top_a(0.2)");
  CHECK(text(lk::TopH{0.5f}) == "top_h(0.5)");
  CHECK(text(lk::TopK{40}) == "top_k(40)");
  CHECK(text(lk::TopNSigma{1.5f}) == "top_n_sigma(1.5)");
  CHECK(text(lk::TopP{0.95f}) == "top_p(0.95)");
  CHECK(text(lk::Typical{0.9f, {.min_keep = 2}}) == "typical(p=0.9, min_keep=2)");
  CHECK(text(lk::Xtc{0.5f, 0.1f}) == "xtc(q=0.5, threshold=0.1)");
}
