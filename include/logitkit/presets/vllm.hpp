// SPDX-License-Identifier: MIT
// presets::vllm: vLLM's sampling parameters, as a chain in its order.
#pragma once

#include <logitkit/presets/detail/assembly.hpp>
#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban_sequences.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::presets {

/// The fields of vLLM's SamplingParams that make a chain, with its defaults and its ranges.
struct Vllm {
  std::vector<Token> allowed_token_ids{};       ///< empty: all
  std::vector<std::vector<Token>> bad_words{};  ///< as tokens: see below
  int min_tokens = 0;                           ///< >= 0
  std::vector<Token> stop_token_ids{};  ///< banned until min_tokens; name the end token here, too
  std::vector<std::pair<Token, double>> logit_bias{};  ///< each is clamped to [-100, 100]
  double repetition_penalty = 1;                       ///< > 0; of prompt and output
  double frequency_penalty = 0;                        ///< in [-2, 2]; of output
  double presence_penalty = 0;                         ///< in [-2, 2]; of output
  double temperature = 1;  ///< in [0, 2]; below 1e-5 greedy, from there to 0.01 it is 0.01
  double min_p = 0;        ///< in [0, 1]
  int top_k = 0;           ///< >= 1; 0 and -1 are off
  double top_p = 1;        ///< in (0, 1]

  /// Everything that is wrong, a sentence each; empty if nothing is.
  template <class = void>
  [[nodiscard]] std::vector<std::string> complaints() const {
    return assembled().complaints;
  }

  /// What `vllm` makes its chain of.
  template <class = void>
  [[nodiscard]] logitkit::detail::Assembly assembled() const {
    logitkit::detail::Assembly to;
    if (!allowed_token_ids.empty()) to.add<AllowOnly>("allowed_token_ids", allowed_token_ids);
    if (!bad_words.empty()) to.add<BanSequences>("bad_words", bad_words);
    if (min_tokens != 0) to.add<MinNewTokens<int>>("min_tokens", min_tokens, stop_token_ids);
    auto clamped = logit_bias;
    for (auto& [token, bias] : clamped) bias = std::clamp(bias, -100.0, 100.0);
    if (!clamped.empty()) to.add<LogitBias<double>>("logit_bias", clamped);
    to.add_unless<RepetitionPenalty<double>>(1.0, "repetition_penalty", repetition_penalty);
    to.within(-2, 2, "frequency_penalty", frequency_penalty);
    to.add_unless<FrequencyPenalty<double>>(0.0, "frequency_penalty", frequency_penalty);
    to.within(-2, 2, "presence_penalty", presence_penalty);
    to.add_unless<PresencePenalty<double>>(0.0, "presence_penalty", presence_penalty);

    to.within(0, 2, "temperature", temperature);
    const double usable = temperature < 1e-5 ? 0 : std::max(temperature, 0.01);
    to.add_unless<Temperature<double>>(1.0, "temperature", usable);
    to.add_unless<MinP<double>>(0.0, "min_p", min_p);
    if (top_k != 0 && top_k != -1) {
      to.add<TopK<int>>("top_k", top_k, TopKOptions{.keep_ties = true});
    }
    to.add_unless<TopP<double>>(1.0, "top_p", top_p);
    return to;
  }
};

/// allowed_token_ids > bad_words > min_tokens > logit_bias > repetition > frequency > presence >
/// temperature > min_p > top_k > top_p: the order of vLLM's documented V1 sampler. (Its newer model
/// runner has another: biases before all, penalties next.) What is off is left out. Refuses what
/// `complaints` lists. top_k keeps all equals of the k-th, as there; top_p the lower of equal
/// tokens. Otherwise than there, bad words are given as tokens, once with and once without a space
/// before them where both are meant, and may begin in the prompt. For thinking_token_budget add the
/// chain behind a ThinkingBudget, which wants the tokens of a section.
///
/// A template, as its parameters' functions are, so that only who calls it compiles the processors.
template <class = void>
[[nodiscard]] DynamicChain vllm(const Vllm& parameters = {}) {
  return parameters.assembled().finish();
}

}  // namespace logitkit::inline LOGITKIT_ABI::presets
