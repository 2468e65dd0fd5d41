// SPDX-License-Identifier: MIT
// RowBuilders: how the rows of the registry make processors of what they read.
#pragma once

#include <logitkit/core/min_keep.hpp>
#include <logitkit/presets/detail/parameter_reader.hpp>
#include <logitkit/process/adaptive_p.hpp>
#include <logitkit/process/dry.hpp>
#include <logitkit/process/dynamic_temperature.hpp>
#include <logitkit/process/exponential_length_decay.hpp>
#include <logitkit/process/force_first.hpp>
#include <logitkit/process/force_last.hpp>
#include <logitkit/process/green_list_watermark.hpp>
#include <logitkit/process/mirostat.hpp>
#include <logitkit/process/p_less.hpp>
#include <logitkit/process/quadratic_smoothing.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/thinking_budget.hpp>
#include <logitkit/process/top_h.hpp>
#include <logitkit/process/xtc.hpp>

#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Each reads the parameters of its row and builds what they ask for: the first for many rows, by
/// the processor, the others for one. A template, so that only who uses it compiles processors.
template <class = void>
struct RowBuilders {
  using Whole = std::int64_t;
  using Tokens = Value::Tokens;

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
    const auto value = reader.get<double>(reader.first());
    if (!value || *value == kOff) return;
    reader.build<P>(*value, Options{.min_keep = reader.min_keep()});
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
    const auto alpha = reader.get<double>("top_h");
    if (alpha) reader.build<TopH<double>>(*alpha, TopHRule::hugging_face);
  }
  static void p_less(ParameterReader& reader) {
    if (reader.get<bool>("p_less", false)) reader.chain.add(PLess());
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
  static void softmax(ParameterReader& reader) {
    if (reader.get<bool>("renormalize_logits", false)) reader.chain.add(Softmax());
  }

  static void random(ParameterReader& reader) { reader.random.seed = reader.seed(); }
  static void limits(ParameterReader& reader) {
    reader.limits.max_new_tokens = reader.max_new_tokens();
    reader.limits.end_tokens = reader.get<Tokens>("eos_token_id", {});
    for (const Token token : reader.limits.end_tokens) {
      reader.expect(token >= 0, "eos_token_id", "token >= 0", token);
    }
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
