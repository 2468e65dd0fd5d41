// SPDX-License-Identifier: MIT
// Requests and presets with any names and values: either refused with sentences, by `complaints`
// and by the constructor alike, or a chain that runs.
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/presets/huggingface.hpp>
#include <logitkit/presets/llama_cpp.hpp>
#include <logitkit/presets/openai.hpp>
#include <logitkit/presets/request.hpp>
#include <logitkit/presets/vllm.hpp>

#include "fuzz/bytes.hpp"

#include <stdexcept>
#include <string>

using fuzz::Bytes;
using fuzz::expect;
using fuzz::Tokens;
namespace lk = logitkit;

namespace {

constexpr std::size_t kVocabulary = 70;

/// All that the registry knows.
const std::vector<std::string>& names() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> names;
    for (const auto& row : lk::detail::Registry<>::kRows) {
      for (std::string_view left = row.parameters; !left.empty();) {
        std::string_view aliases = lk::detail::cut_word(left, ' ');
        while (!aliases.empty()) names.emplace_back(lk::detail::cut_word(aliases, '|'));
      }
    }
    return names;
  }();
  return all;
}

// Any value of a type.
void draw(Bytes& bytes, bool& flag) { flag = bytes.flag(); }
void draw(Bytes& bytes, double& number) { number = bytes.number(); }
template <std::integral T>
void draw(Bytes& bytes, T& whole) {
  whole = static_cast<T>(bytes.whole());
}
void draw(Bytes& bytes, Tokens& tokens) { tokens = bytes.tokens(4, kVocabulary); }
template <class A, class B>
void draw(Bytes& bytes, std::pair<A, B>& pair) {
  draw(bytes, pair.first), draw(bytes, pair.second);
}
template <class T>
void draw(Bytes& bytes, std::vector<T>& list) {
  list.resize(bytes.below(4));
  for (T& each : list) draw(bytes, each);
}
void draw_each(Bytes& bytes, auto&... fields) { (draw(bytes, fields), ...); }
template <class T>
T drawn(Bytes& bytes) {
  T any{};
  draw(bytes, any);
  return any;
}

lk::Value value(Bytes& bytes) {
  switch (bytes.below(10)) {
    case 0:
      return drawn<bool>(bytes);
    case 1:
    case 2:
      return drawn<std::int64_t>(bytes);
    case 3:
      return drawn<Tokens>(bytes);
    case 4:
      return drawn<lk::Value::Biases>(bytes);
    case 5:
      return drawn<lk::Value::Sequences>(bytes);
    case 6:
      return drawn<lk::Value::SequenceBiases>(bytes);
    default:
      return drawn<double>(bytes);
  }
}

/// A green list of 2^24 tokens is right where there are as many, and takes its time.
bool takes_long(const lk::Parameter& parameter) {
  const double size = parameter.value.as<double>().value_or(0);
  return parameter.name == "vocab_size" && size > 1000 && size <= 0x1p24;
}

lk::Parameters parameters(Bytes& bytes) {
  lk::Parameters all;
  for (std::size_t n = bytes.below(10); n > 0; --n) {
    const std::size_t i = bytes.below(names().size() + 1);
    lk::Parameter each{i < names().size() ? names()[i] : "top_q", value(bytes)};
    if (!takes_long(each)) all.push_back(std::move(each));
  }
  return all;
}

/// Decodes by a chain in every way: whatever comes is in the vocabulary and within the limits.
void run(Bytes& bytes, const lk::DynamicChain& chain, const lk::RandomOptions& options,
         lk::Limits limits) {
  limits.max_new_tokens = std::min<std::size_t>(limits.max_new_tokens, 12);
  Tokens prompt = bytes.tokens(6, kVocabulary);
  for (lk::Token& each : prompt) each &= 0x7fffffff;
  prompt.push_back(1);
  const auto row = fuzz::row<float>(bytes, kVocabulary, true);
  const auto model = [&](std::span<const lk::Token> tokens) {
    auto next = row;
    std::rotate(next.begin(), next.begin() + tokens.back() % std::ptrdiff_t(kVocabulary),
                next.end());
    return next;
  };
  const auto check = [&](const lk::Generation& generation) {
    expect(generation.tokens.size() <= limits.max_new_tokens, "the limit is kept");
    for (const lk::Token token : generation.tokens) {
      expect(token >= 0 && std::size_t(token) < kVocabulary, "tokens of the vocabulary");
    }
    const bool bad = generation.reason == lk::StopReason::bad_row;
    expect(bad == (generation.status != lk::Status::ok), "a bad row has a status");
  };
  check(lk::GreedyDecoder{chain}.decode(model, prompt, limits));
  check(lk::RandomDecoder{chain, options}.decode(model, prompt, limits));
  const lk::BeamSearchDecoder beams{chain, {.beams = 3}};
  for (const auto& each : beams.decode(model, prompt, limits)) {
    expect(each.tokens.size() <= limits.max_new_tokens, "the limit is kept by beams");
  }
}

/// What `make` makes if there are no complaints; refuses if there are.
void expect_refused(bool refused, const auto& make) {
  try {
    make();
    expect(!refused, "what check complains of is refused");
  } catch (const std::invalid_argument& error) {
    expect(refused && *error.what() != '\0', "what check does not complain of is taken");
  }
}

void request(Bytes& bytes) {
  const lk::Parameters given = parameters(bytes);
  for (const lk::Parameter& each : given) static_cast<void>(to_string(each.value));
  const auto complaints = lk::Request::complaints(given);
  for (const std::string& each : complaints) expect(each.size() > 10, "a complaint is a sentence");
  expect_refused(!complaints.empty(), [&] {
    const lk::Request request(given);
    expect(request.limits.check().empty(), "limits of a request are good");
    expect(request.chain.size() == 0 || !to_string(request.chain).empty(), "a chain has a name");
    run(bytes, request.chain, request.random, request.limits);
  });
}

template <class Preset>
void preset(Bytes& bytes, const Preset& parameters, const auto& make) {
  expect_refused(!parameters.complaints().empty(), [&] { run(bytes, make(parameters), {}, {}); });
}

void huggingface(Bytes& bytes) {
  lk::presets::HuggingFace p;
  draw_each(bytes, p.do_sample, p.sequence_bias, p.encoder_repetition_penalty, p.encoder_input_ids,
            p.repetition_penalty, p.no_repeat_ngram_size, p.encoder_no_repeat_ngram_size,
            p.bad_words_ids, p.min_length, p.min_new_tokens, p.eos_token_id, p.forced_bos_token_id,
            p.forced_eos_token_id, p.max_length, p.exponential_decay_length_penalty,
            p.suppress_tokens, p.begin_suppress_tokens, p.temperature, p.top_h, p.top_k, p.top_p,
            p.min_p, p.typical_p, p.epsilon_cutoff, p.eta_cutoff, p.num_beams,
            p.renormalize_logits);
  preset(bytes, p, lk::presets::huggingface<>);
}

void llama_cpp(Bytes& bytes) {
  lk::presets::LlamaCpp p;
  draw_each(bytes, p.logit_bias, p.repeat_last_n, p.repeat_penalty, p.frequency_penalty,
            p.presence_penalty, p.dry_multiplier, p.dry_base, p.dry_allowed_length,
            p.dry_penalty_last_n, p.dry_sequence_breakers, p.top_n_sigma, p.top_k, p.typical_p,
            p.top_p, p.min_p, p.xtc_probability, p.xtc_threshold, p.temperature, p.dynatemp_range,
            p.dynatemp_exponent, p.mirostat, p.mirostat_tau, p.mirostat_eta, p.adaptive_target,
            p.adaptive_decay, p.min_keep, p.seed);
  preset(bytes, p, lk::presets::llama_cpp<>);
}

void vllm(Bytes& bytes) {
  lk::presets::Vllm p;
  draw_each(bytes, p.allowed_token_ids, p.bad_words, p.min_tokens, p.stop_token_ids, p.logit_bias,
            p.repetition_penalty, p.frequency_penalty, p.presence_penalty, p.temperature, p.min_p,
            p.top_k, p.top_p);
  preset(bytes, p, lk::presets::vllm<>);
}

void openai(Bytes& bytes) {
  lk::presets::OpenAi p;
  draw_each(bytes, p.temperature, p.top_p, p.presence_penalty, p.frequency_penalty, p.logit_bias);
  preset(bytes, p, lk::presets::openai<>);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  switch (bytes.below(8)) {
    case 0:
      huggingface(bytes);
      break;
    case 1:
      llama_cpp(bytes);
      break;
    case 2:
      vllm(bytes);
      break;
    case 3:
      openai(bytes);
      break;
    default:
      request(bytes);
  }
  return 0;
}
