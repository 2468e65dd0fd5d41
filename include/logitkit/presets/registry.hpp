// SPDX-License-Identifier: MIT
// The registry: under which names a request asks for which processor, and in what order they run.
#pragma once

#include <logitkit/presets/detail/parameter_reader.hpp>
#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

#include <cstdint>
#include <string>

namespace logitkit::inline LOGITKIT_ABI {

namespace detail {

/// A template, so that only who uses it compiles all processors.
template <class = void>
struct Registry {
  /// A processor of one parameter, a T; with one of the values `kOff`, as without it, there is
  /// none.
  template <class P, class T, int... kOff>
  static void build_of(ParameterReader& reader) {
    const auto value = reader.get<T>(reader.first());
    if (value && ((*value != kOff) && ...)) reader.build<P>(*value);
  }
  template <class P, int... kOff>
  static void number(ParameterReader& reader) {
    build_of<P, double, kOff...>(reader);
  }
  template <class P, int... kOff>
  static void whole(ParameterReader& reader) {
    build_of<P, std::int64_t, kOff...>(reader);
  }
  template <class P>
  static void tokens(ParameterReader& reader) {
    build_of<P, Value::Tokens>(reader);
  }
  template <class P>
  static void biases(ParameterReader& reader) {
    build_of<P, Value::Biases>(reader);
  }

  static void min_new_tokens(ParameterReader& reader) {
    const auto n = reader.get<std::int64_t>("min_new_tokens", 0);
    if (n == 0) return;
    const auto end_tokens = reader.get<Value::Tokens>("eos_token_id", {});
    if (end_tokens.empty()) {
      reader.complain("min_new_tokens needs eos_token_id, which it holds back");
    }
    reader.build<MinNewTokens<std::int64_t>>(n, end_tokens);
  }
  static void softmax(ParameterReader& reader) {
    if (reader.get<bool>("renormalize_logits", false)) reader.chain.add(Softmax());
  }

  static void seed(ParameterReader& reader) {
    const auto seed = reader.get<std::int64_t>("seed", 0);
    reader.expect(seed >= 0, "seed", "0 <= seed < 2^63", double(seed));
    reader.random.seed = static_cast<std::uint64_t>(seed);
  }
  static void limits(ParameterReader& reader) {
    if (const auto n = reader.get<std::int64_t>("max_new_tokens")) {
      reader.expect(*n >= 1, "max_new_tokens", "max_new_tokens >= 1", double(*n));
      reader.limits.max_new_tokens = static_cast<std::size_t>(*n);
    }
    reader.limits.end_tokens = reader.get<Value::Tokens>("eos_token_id", {});
    for (const Token token : reader.limits.end_tokens) {
      reader.expect(token >= 0, "eos_token_id", "token >= 0", token);
    }
  }

  /// A line a processor: the names of its parameters in Hugging Face, vLLM, llama.cpp and Ollama,
  /// and how it is made of them.
  static constexpr Registration kRows[] = {
      {"logit_bias", biases<LogitBias<double>>},
      {"repetition_penalty|repeat_penalty", number<RepetitionPenalty<double>, 1>},
      {"frequency_penalty", number<FrequencyPenalty<double>, 0>},
      {"presence_penalty", number<PresencePenalty<double>, 0>},
      {"suppress_tokens|bad_token_ids", tokens<Ban>},
      {"min_new_tokens|min_tokens eos_token_id|stop_token_ids", min_new_tokens},
      {"allowed_token_ids", tokens<AllowOnly>},
      {"temperature|temp", number<Temperature<double>, 1>},
      {"top_k", whole<TopK<std::int64_t>, 0, -1>},
      {"top_p", number<TopP<double>, 1>},
      {"min_p", number<MinP<double>, 0>},
      {"renormalize_logits", softmax},
      // What is no processor.
      {"seed|random_seed", seed},
      {"max_new_tokens|max_tokens|n_predict|num_predict eos_token_id|stop_token_ids", limits},
  };
};

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
