// SPDX-License-Identifier: MIT
// The registry: under which names a request asks for which processor, and in what order they run.
#pragma once

#include <logitkit/presets/detail/row_builders.hpp>
#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/ban_sequences.hpp>
#include <logitkit/process/encoder_no_repeat_ngram.hpp>
#include <logitkit/process/encoder_repetition_penalty.hpp>
#include <logitkit/process/end_prioritizer.hpp>
#include <logitkit/process/epsilon.hpp>
#include <logitkit/process/eta.hpp>
#include <logitkit/process/force_prefix.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_length.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/no_repeat_ngram.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/sequence_bias.hpp>
#include <logitkit/process/suppress_at_start.hpp>
#include <logitkit/process/tail_free.hpp>
#include <logitkit/process/top_a.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_n_sigma.hpp>
#include <logitkit/process/top_p.hpp>
#include <logitkit/process/typical.hpp>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// The rows. A template, so that only who uses it compiles all processors.
template <class = void>
struct Registry : RowBuilders<> {
  /// A line a processor: its parameters in Hugging Face, vLLM, llama.cpp and Ollama, and how it is
  /// made of them. The order is that in which they run. What needs a function, a second row, memory
  /// of the engine's or 64-bit secrets has none (PrefixAllowed, Guidance, TokenMask; behind the
  /// rest, SynthIdWatermark): `DynamicChain().add(TokenMask{words}).add(request.chain)`.
  static constexpr Registration kRows[] = {
      {"logit_bias", of<LogitBias<double>, Value::Biases>},
      {"sequence_bias", of<SequenceBias<double>, Value::SequenceBiases>},
      {"encoder_repetition_penalty encoder_input_ids",
       with_tokens<EncoderRepetitionPenalty<double>, double, 1>},
      {"repetition_penalty|repeat_penalty repeat_last_n|penalty_last_n",
       penalty<RepetitionPenalty<double>, 1, true>},
      {"frequency_penalty repeat_last_n|penalty_last_n",
       penalty<FrequencyPenalty<double>, 0, false>},
      {"presence_penalty repeat_last_n|penalty_last_n", penalty<PresencePenalty<double>, 0, false>},
      {"no_repeat_ngram_size", of<NoRepeatNgram<Whole>, Whole, 0>},
      {"encoder_no_repeat_ngram_size encoder_input_ids",
       with_tokens<EncoderNoRepeatNgram<Whole>, Whole, 0>},
      {"bad_words_ids", of<BanSequences, Value::Sequences>},
      {"min_length eos_token_id|stop_token_ids", with_tokens<MinLength<Whole>, Whole, 0>},
      {"min_new_tokens|min_tokens eos_token_id|stop_token_ids",
       with_tokens<MinNewTokens<Whole>, Whole, 0>},
      {"allowed_token_ids", of<AllowOnly, Tokens>},
      {"forced_bos_token_id", force_first},
      {"forced_eos_token_id max_new_tokens|max_tokens|n_predict|num_predict", force_last},
      {"target_prefix", of<ForcePrefix, Tokens>},
      {"thinking_token_budget|reasoning_budget think_start_token_ids think_end_token_ids "
       "think_forced_token_ids",
       thinking_budget},
      {"exponential_decay_length_penalty eos_token_id|stop_token_ids", length_decay},
      {"suppress_tokens|bad_token_ids", of<Ban, Tokens>},
      {"begin_suppress_tokens", of<SuppressAtStart<>, Tokens>},
      {"min_eos_p eos_token_id|stop_token_ids", with_tokens<EndPrioritizer<double>, double, 1>},
      {"dry_multiplier dry_base dry_allowed_length dry_penalty_last_n dry_sequence_breakers", dry},
      {"temperature|temp dynatemp_range dynatemp_exponent", temperature},
      {"smoothing_factor smoothing_curve", smoothing},
      {"top_n_sigma|top_nsigma", of<TopNSigma<double>, double, 0, -1>},
      {"top_h", top_h},
      {"top_k", of<TopK<Whole>, Whole, 0, -1>},
      {"top_p min_keep|min_tokens_to_keep", truncation<TopP<double>, 1>},
      {"min_p min_keep|min_tokens_to_keep", truncation<MinP<double>, 0>},
      {"tfs_z|tfs min_keep|min_tokens_to_keep", truncation<TailFree<double>, 1>},
      {"top_a min_keep|min_tokens_to_keep", truncation<TopA<double>, 0>},
      {"typical_p|typ_p|typical min_keep|min_tokens_to_keep",
       truncation<Typical<double>, 1, TypicalOptions>},
      {"epsilon_cutoff min_keep|min_tokens_to_keep", truncation<Epsilon<double>, 0>},
      {"eta_cutoff min_keep|min_tokens_to_keep", truncation<Eta<double>, 0>},
      {"p_less", p_less},
      {"xtc_probability xtc_threshold seed|random_seed min_keep|min_tokens_to_keep", xtc},
      {"adaptive_target adaptive_decay", adaptive_p},
      {"mirostat mirostat_tau mirostat_eta", mirostat},
      {"watermark_bias greenlist_ratio hashing_key context_width vocab_size watermark_self_hash",
       watermark},
      {"renormalize_logits", softmax},
      // What is no processor.
      {"seed|random_seed", random},
      {"max_new_tokens|max_tokens|n_predict|num_predict eos_token_id|stop_token_ids", limits},
  };
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
