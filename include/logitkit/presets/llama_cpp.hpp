// SPDX-License-Identifier: MIT
// presets::llama_cpp: llama.cpp's sampling parameters, as its default chain.
#pragma once

#include <logitkit/presets/detail/assembly.hpp>
#include <logitkit/process/adaptive_p.hpp>
#include <logitkit/process/dry.hpp>
#include <logitkit/process/dynamic_temperature.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/mirostat.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_n_sigma.hpp>
#include <logitkit/process/top_p.hpp>
#include <logitkit/process/typical.hpp>
#include <logitkit/process/xtc.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::presets {

/// The fields of llama.cpp's sampling parameters that make a chain, with its defaults.
struct LlamaCpp {
  std::vector<std::pair<Token, double>> logit_bias{};
  int repeat_last_n = 64;        ///< the window of the penalties, the prompt counted; <= 0: none
  double repeat_penalty = 1;     ///< > 0
  double frequency_penalty = 0;  ///< finite
  double presence_penalty = 0;   ///< finite
  double dry_multiplier = 0;     ///< >= 0; 0 is off
  double dry_base = 1.75;        ///< >= 1
  int dry_allowed_length = 2;    ///< >= 1
  int dry_penalty_last_n = 64;   ///< the prompt counted; <= 0: off
  std::vector<std::vector<Token>> dry_sequence_breakers{};  ///< its "\n", ":", "\"", "*", as tokens
  double top_n_sigma = -1;                                  ///< > 0; <= 0 is off
  int top_k = 40;                                           ///< >= 1; <= 0 is off
  double typical_p = 1;                                     ///< in (0, 1); >= 1 is off
  double top_p = 0.95;                                      ///< in [0, 1); >= 1 is off
  double min_p = 0.05;                                      ///< in (0, 1]; <= 0 is off
  double xtc_probability = 0;                               ///< in (0, 1]; <= 0 is off
  double xtc_threshold = 0.1;                               ///< in (0, 0.5]; above it is off
  double temperature = 0.8;                                 ///< <= 0 keeps the best token alone
  double dynatemp_range = 0;                                ///< temperature -+ this; <= 0 is off
  double dynatemp_exponent = 1;                             ///< >= 0
  int mirostat = 0;             ///< 1 or 2: with temperature it replaces all but logit_bias; 0: off
  double mirostat_tau = 5;      ///< > 0
  double mirostat_eta = 0.1;    ///< >= 0
  double adaptive_target = -1;  ///< in [0, 1]; < 0 is off
  double adaptive_decay = 0.9;  ///< in [0, 0.99]
  int min_keep = 0;             ///< so many stay whatever top_p, min_p, typical_p and xtc say
  std::uint64_t seed = 0;       ///< xtc's; the decoder's may be the same

  /// Everything that is wrong, a sentence each; empty if nothing is.
  template <class = void>
  [[nodiscard]] std::vector<std::string> complaints() const {
    return assembled().complaints;
  }

  /// What `llama_cpp` makes its chain of.
  template <class = void>
  [[nodiscard]] logitkit::detail::Assembly assembled() const {
    logitkit::detail::Assembly to;
    if (!logit_bias.empty()) to.add<LogitBias<double>>("logit_bias", logit_bias);
    to.expect(mirostat >= 0 && mirostat <= 2, "mirostat", "mirostat = 0, 1 or 2", mirostat);
    if (mirostat == 1 || mirostat == 2) {
      to.add_unless<Temperature<double>>(1.0, "temperature", std::max(temperature, 0.0));
      to.add<Mirostat<double>>(
          "mirostat", mirostat_tau, mirostat_eta,
          MirostatOptions{.version = mirostat, .surprise = MirostatSurprise::llama_cpp});
      return to;
    }
    if (repeat_last_n > 0) penalise(to);
    if (dry_multiplier != 0 && dry_penalty_last_n > 0) {
      to.expect(dry_allowed_length >= 1, "dry_allowed_length", "dry_allowed_length >= 1",
                dry_allowed_length);
      to.add<Dry>("dry", DryOptions{.multiplier = dry_multiplier,
                                    .base = dry_base,
                                    .allowed_length = size(std::max(dry_allowed_length, 1)),
                                    .last = size(dry_penalty_last_n),
                                    .breakers = dry_sequence_breakers});
    }
    narrow(to);
    if (temperature > 0 && dynatemp_range > 0) {
      to.add<DynamicTemperature>("dynatemp", std::max(temperature - dynatemp_range, 0.0),
                                 temperature + dynatemp_range, dynatemp_exponent);
    } else {
      to.add_unless<Temperature<double>>(1.0, "temperature", std::max(temperature, 0.0));
    }
    if (!(adaptive_target < 0)) {
      to.add<AdaptiveP<double>>("adaptive_p", adaptive_target, adaptive_decay);
    }
    return to;
  }

 private:
  static std::size_t size(int n) { return static_cast<std::size_t>(n); }

  template <class = void>
  void penalise(logitkit::detail::Assembly& to) const {
    const PenaltyScope scope{.last = size(repeat_last_n)};
    if (repeat_penalty != 1) {
      to.add<RepetitionPenalty<double>>("repeat_penalty", repeat_penalty, scope);
    }
    if (frequency_penalty != 0) {
      to.add<FrequencyPenalty<double>>("frequency_penalty", frequency_penalty, scope);
    }
    if (presence_penalty != 0) {
      to.add<PresencePenalty<double>>("presence_penalty", presence_penalty, scope);
    }
  }

  template <class = void>
  void narrow(logitkit::detail::Assembly& to) const {
    to.expect(min_keep >= 0, "min_keep", "min_keep >= 0", min_keep);
    const MinKeep keep{size(std::max(min_keep, 1))};
    if (!(top_n_sigma <= 0)) to.add<TopNSigma<double>>("top_n_sigma", top_n_sigma);
    if (top_k > 0) to.add<TopK<int>>("top_k", top_k);
    if (!(typical_p >= 1)) {
      to.add<Typical<double>>("typical_p", typical_p, TypicalOptions{.min_keep = keep.min_keep});
    }
    if (!(top_p >= 1)) to.add<TopP<double>>("top_p", to.least_if_0(top_p), keep);
    if (!(min_p <= 0)) to.add<MinP<double>>("min_p", min_p, keep);
    if (!(xtc_probability <= 0) && !(xtc_threshold > 0.5)) {
      to.add<Xtc<double>>("xtc", xtc_probability, xtc_threshold,
                          XtcOptions{.seed = seed, .min_keep = keep.min_keep});
    }
  }
};

/// logit_bias > penalties > dry > top_n_sigma > top_k > typical > top_p > min_p > xtc >
/// temperature > adaptive_p: its default order, in which truncations see the model's own
/// distribution. What is off is left out. Penalties count the last `repeat_last_n` tokens, the
/// prompt's too, for frequency and presence as well; ties go to the lower token. Refuses what
/// `complaints` lists. For a reasoning budget or a grammar add the chain behind a ThinkingBudget
/// or a TokenMask: `DynamicChain().add(TokenMask{words}).add(llama_cpp())`.
///
/// Otherwise than there: numbers that it takes without a word (a negative top_p, NaN) are refused;
/// the same seed gives the same tokens on every machine, which are not those of its generator.
///
/// A template, as its parameters' functions are, so that only who calls it compiles the processors.
template <class = void>
[[nodiscard]] DynamicChain llama_cpp(const LlamaCpp& parameters = {}) {
  return parameters.assembled().finish();
}

}  // namespace logitkit::inline LOGITKIT_ABI::presets
