// SPDX-License-Identifier: MIT
// The registry: under which names a request asks for which processor, and in what order they run.
#pragma once

#include <logitkit/presets/detail/parameter_reader.hpp>
#include <logitkit/process/adaptive_p.hpp>
#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/ban_sequences.hpp>
#include <logitkit/process/dry.hpp>
#include <logitkit/process/dynamic_temperature.hpp>
#include <logitkit/process/encoder_no_repeat_ngram.hpp>
#include <logitkit/process/encoder_repetition_penalty.hpp>
#include <logitkit/process/end_prioritizer.hpp>
#include <logitkit/process/epsilon.hpp>
#include <logitkit/process/eta.hpp>
#include <logitkit/process/exponential_length_decay.hpp>
#include <logitkit/process/force_first.hpp>
#include <logitkit/process/force_last.hpp>
#include <logitkit/process/force_prefix.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/green_list_watermark.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_length.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/mirostat.hpp>
#include <logitkit/process/no_repeat_ngram.hpp>
#include <logitkit/process/p_less.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/quadratic_smoothing.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/sequence_bias.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/suppress_at_start.hpp>
#include <logitkit/process/tail_free.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/thinking_budget.hpp>
#include <logitkit/process/top_a.hpp>
#include <logitkit/process/top_h.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_n_sigma.hpp>
#include <logitkit/process/top_p.hpp>
#include <logitkit/process/typical.hpp>
#include <logitkit/process/xtc.hpp>

#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// How each row of the registry builds. A template, so that only who uses it compiles all
/// processors.
template <class = void>
struct Registry {
  using Whole = std::int64_t;
  using Tokens = Value::Tokens;

  /// A processor without parameters, if it is asked for.
  template <class P>
  static void flag(ParameterReader& reader) {
    if (reader.get<bool>(reader.first(), false)) reader.chain.add(P());
  }
  /// A processor of one parameter, a T; with one of the values `kOff`, as without it, there is
  /// none.
  template <class P, class T, int... kOff>
  static void of(ParameterReader& reader) {
    const auto value = reader.get<T>(reader.first());
    if (value && ((*value != kOff) && ...)) reader.build<P>(*value);
  }
  /// The same, with a list of tokens that it needs.
  template <class P, class T, int kOff>
  static void with_tokens(ParameterReader& reader) {
    const auto value = reader.get<T>(reader.first(), kOff);
    if (value != kOff) reader.build<P>(value, reader.needed(reader.second()));
  }
  /// A truncation that may keep some tokens in any case.
  template <class P, int kOff, class Options = MinKeep>
  static void truncation(ParameterReader& reader) {
    const auto value = reader.get<double>(reader.first(), kOff);
    if (value != kOff) reader.build<P>(value, Options{.min_keep = reader.min_keep()});
  }
  /// A penalty. It counts what it usually does or, where a window is given, the last of all tokens;
  /// a negative window is all of them, as in Ollama.
  template <class P, int kOff, bool kPrompt>
  static void penalty(ParameterReader& reader) {
    PenaltyScope scope = kPrompt ? PenaltyScope() : kGenerated;
    if (const auto last = reader.get<Whole>("repeat_last_n")) {
      scope = {.last = *last < 0 ? kAllTokens : static_cast<std::size_t>(*last)};
    }
    const auto value = reader.get<double>(reader.first(), kOff);
    if (value != kOff) reader.build<P>(value, scope);
  }

  static void length_decay(ParameterReader& reader) {
    for (const auto& [start, factor] : reader.get<Value::Biases>(reader.first(), {})) {
      reader.build<ExponentialLengthDecay<double>>(start, factor, reader.needed(reader.second()));
    }
  }
  static void force_first(ParameterReader& reader) {
    for (const Token token : reader.get<Tokens>(reader.first(), {})) {
      reader.build<ForceFirst>(token);
    }
  }
  static void force_last(ParameterReader& reader) {
    Limits last;
    last.max_new_tokens = reader.max_new_tokens();
    last.end_tokens = reader.get<Tokens>(reader.first(), {});
    if (!last.end_tokens.empty()) reader.build<ForceLast>(last);
  }
  static void thinking_budget(ParameterReader& reader) {
    const auto n = reader.get<Whole>(reader.first(), -1);
    const auto forced = reader.get<Tokens>("think_forced_token_ids", {});
    if (n == -1) return;  // unlimited
    const auto begin = reader.needed("think_start_token_ids");
    const auto end = reader.needed("think_end_token_ids");
    if (!begin.empty() && !end.empty()) reader.build<ThinkingBudget<Whole>>(n, begin, end, forced);
  }
  static void watermark(ParameterReader& reader) {
    const auto bias = reader.get<double>(reader.first(), 0);
    GreenListOptions options;
    options.ratio = reader.get<double>("greenlist_ratio", options.ratio);
    options.key = std::uint32_t(reader.count("hashing_key", Whole(options.key), 0xffffffff));
    options.context = reader.count("context_width", Whole(options.context));
    options.vocabulary = reader.count("vocab_size", 0);
    const bool self = reader.get<bool>("watermark_self_hash", false);
    options.seeding = self ? GreenSeeding::self_hash : GreenSeeding::left_hash;
    if (bias != 0) reader.build<GreenListWatermark<double>>(bias, options);
  }
  static void dry(ParameterReader& reader) {
    DryOptions options;
    options.multiplier = reader.get<double>("dry_multiplier", 0);
    options.base = reader.get<double>("dry_base", options.base);
    const auto length = reader.get<Whole>("dry_allowed_length", Whole(options.allowed_length));
    options.allowed_length = static_cast<std::size_t>(std::max<Whole>(length, 0));
    const auto last = reader.get<Whole>("dry_penalty_last_n", -1);
    options.last = last < 0 ? kAllTokens : static_cast<std::size_t>(last);
    options.breakers = reader.get<Value::Sequences>("dry_sequence_breakers", {});
    if (options.multiplier != 0) reader.build<Dry>(options);
  }
  static void top_h(ParameterReader& reader) {
    const auto alpha = reader.get<double>("top_h", 1);
    if (alpha != 1) reader.build<TopH<double>>(alpha, TopHRule::hugging_face);
  }
  static void temperature(ParameterReader& reader) {
    const auto t = reader.get<double>("temperature", 1);
    const auto range = reader.get<double>("dynatemp_range", 0);
    const auto exponent = reader.get<double>("dynatemp_exponent", 1);
    if (range != 0 && t != 0) {
      reader.build<DynamicTemperature>(std::max(t - range, 0.0), t + range, exponent);
    } else if (t != 1) {
      reader.build<Temperature<double>>(t);
    }
  }
  static void smoothing(ParameterReader& reader) {
    const auto factor = reader.get<double>("smoothing_factor", 0);
    const auto curve = reader.get<double>("smoothing_curve", 1);
    if (factor != 0) reader.build<QuadraticSmoothing>(factor, curve);
  }
  static void xtc(ParameterReader& reader) {
    const auto q = reader.get<double>("xtc_probability", 0);
    const auto threshold = reader.get<double>("xtc_threshold", 0.1);
    const XtcOptions options{.seed = reader.seed(), .min_keep = reader.min_keep()};
    if (q != 0) reader.build<Xtc<double>>(q, threshold, options);
  }
  static void adaptive_p(ParameterReader& reader) {
    const auto target = reader.get<double>("adaptive_target", -1);
    const auto decay = reader.get<double>("adaptive_decay", 0.9);
    if (!(target < 0)) reader.build<AdaptiveP<double>>(target, decay);
  }
  static void mirostat(ParameterReader& reader) {
    const auto version = reader.get<Whole>("mirostat", 0);
    const auto tau = reader.get<double>("mirostat_tau", 5);
    const auto eta = reader.get<double>("mirostat_eta", 0.1);
    reader.expect(version >= 0 && version <= 2, "mirostat", "mirostat = 0, 1 or 2",
                  double(version));
    if (version != 1 && version != 2) return;
    reader.build<Mirostat<double>>(tau, eta, MirostatOptions{.version = int(version)});
  }

  static void random(ParameterReader& reader) { reader.random.seed = reader.seed(); }
  static void limits(ParameterReader& reader) {
    reader.limits.max_new_tokens = reader.max_new_tokens();
    reader.limits.end_tokens = reader.get<Tokens>("eos_token_id", {});
    for (const Token token : reader.limits.end_tokens) {
      reader.expect(token >= 0, "eos_token_id", "token >= 0", token);
    }
  }

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
      {"p_less", flag<PLess>},
      {"xtc_probability xtc_threshold seed|random_seed min_keep|min_tokens_to_keep", xtc},
      {"adaptive_target adaptive_decay", adaptive_p},
      {"mirostat mirostat_tau mirostat_eta", mirostat},
      {"watermark_bias greenlist_ratio hashing_key context_width vocab_size watermark_self_hash",
       watermark},
      {"renormalize_logits", flag<Softmax>},
      // What is no processor.
      {"seed|random_seed", random},
      {"max_new_tokens|max_tokens|n_predict|num_predict eos_token_id|stop_token_ids", limits},
  };
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
