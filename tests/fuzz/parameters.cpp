// SPDX-License-Identifier: MIT
// Requests and presets with any names and values: either refused with sentences, by `check` and by
// the constructor alike, or a chain that runs.
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

template <class T>
std::vector<T> list_of(Bytes& bytes, const auto& one) {
  std::vector<T> list(bytes.below(4));
  for (T& each : list) each = one();
  return list;
}

lk::Value value(Bytes& bytes) {
  const auto tokens = [&] { return bytes.tokens(4, kVocabulary); };
  switch (bytes.below(10)) {
    case 0:
      return bytes.flag();
    case 1:
    case 2:
      return bytes.whole();
    case 3:
      return tokens();
    case 4:
      return list_of<std::pair<lk::Token, double>>(
          bytes, [&] { return std::pair(bytes.token(kVocabulary), bytes.number()); });
    case 5:
      return list_of<Tokens>(bytes, tokens);
    case 6:
      return list_of<std::pair<Tokens, double>>(
          bytes, [&] { return std::pair(tokens(), bytes.number()); });
    default:
      return bytes.number();
  }
}

/// A green list of 2^31 tokens is right where there are as many, and takes its time.
bool takes_long(const lk::Parameter& parameter) {
  return parameter.name == "vocab_size" && parameter.value.as<double>().value_or(0) > 1000;
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
  const auto complaints = lk::Request::check(given);
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
  expect_refused(!parameters.check().empty(), [&] { run(bytes, make(parameters), {}, {}); });
}

int small(Bytes& bytes) { return static_cast<int>(bytes.whole()); }

void huggingface(Bytes& bytes) {
  lk::presets::HuggingFace p;
  p.do_sample = bytes.flag();
  p.repetition_penalty = bytes.number();
  p.no_repeat_ngram_size = small(bytes);
  p.bad_words_ids = list_of<Tokens>(bytes, [&] { return bytes.tokens(3, kVocabulary); });
  p.min_length = small(bytes);
  p.min_new_tokens = small(bytes);
  p.eos_token_id = bytes.tokens(3, kVocabulary);
  p.forced_eos_token_id = bytes.tokens(1, kVocabulary);
  p.max_length = static_cast<std::size_t>(bytes.whole());
  p.exponential_decay_length_penalty = {small(bytes), bytes.number()};
  p.suppress_tokens = bytes.tokens(3, kVocabulary);
  p.begin_suppress_tokens = bytes.tokens(3, kVocabulary);
  p.temperature = bytes.number();
  p.top_h = bytes.number();
  p.top_k = small(bytes);
  p.top_p = bytes.number();
  p.min_p = bytes.number();
  p.typical_p = bytes.number();
  p.epsilon_cutoff = bytes.number();
  p.eta_cutoff = bytes.number();
  p.num_beams = small(bytes);
  p.renormalize_logits = bytes.flag();
  preset(bytes, p, lk::presets::huggingface<>);
}

void llama_cpp(Bytes& bytes) {
  lk::presets::LlamaCpp p;
  p.repeat_last_n = small(bytes);
  p.repeat_penalty = bytes.number();
  p.frequency_penalty = bytes.number();
  p.presence_penalty = bytes.number();
  p.dry_multiplier = bytes.number();
  p.dry_base = bytes.number();
  p.dry_allowed_length = small(bytes);
  p.dry_penalty_last_n = small(bytes);
  p.top_n_sigma = bytes.number();
  p.top_k = small(bytes);
  p.typical_p = bytes.number();
  p.top_p = bytes.number();
  p.min_p = bytes.number();
  p.xtc_probability = bytes.number();
  p.xtc_threshold = bytes.number();
  p.temperature = bytes.number();
  p.dynatemp_range = bytes.number();
  p.dynatemp_exponent = bytes.number();
  p.mirostat = small(bytes);
  p.mirostat_tau = bytes.number();
  p.mirostat_eta = bytes.number();
  p.adaptive_target = bytes.number();
  p.adaptive_decay = bytes.number();
  p.min_keep = small(bytes);
  preset(bytes, p, lk::presets::llama_cpp<>);
}

void vllm(Bytes& bytes) {
  lk::presets::Vllm p;
  p.allowed_token_ids = bytes.tokens(6, kVocabulary);
  p.min_tokens = small(bytes);
  p.stop_token_ids = bytes.tokens(3, kVocabulary);
  p.logit_bias = {{bytes.token(kVocabulary), bytes.number()}};
  p.repetition_penalty = bytes.number();
  p.frequency_penalty = bytes.number();
  p.presence_penalty = bytes.number();
  p.temperature = bytes.number();
  p.min_p = bytes.number();
  p.top_k = small(bytes);
  p.top_p = bytes.number();
  preset(bytes, p, lk::presets::vllm<>);
}

void openai(Bytes& bytes) {
  lk::presets::OpenAi p;
  p.temperature = bytes.number();
  p.top_p = bytes.number();
  p.presence_penalty = bytes.number();
  p.frequency_penalty = bytes.number();
  p.logit_bias = {{bytes.token(kVocabulary), bytes.number()}};
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
