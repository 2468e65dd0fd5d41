// SPDX-License-Identifier: MIT
// presets::huggingface: the generation parameters of Hugging Face transformers, as its chain.
#pragma once

#include <logitkit/presets/detail/assembly.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/ban_sequences.hpp>
#include <logitkit/process/encoder_no_repeat_ngram.hpp>
#include <logitkit/process/encoder_repetition_penalty.hpp>
#include <logitkit/process/epsilon.hpp>
#include <logitkit/process/eta.hpp>
#include <logitkit/process/exponential_length_decay.hpp>
#include <logitkit/process/force_first.hpp>
#include <logitkit/process/force_last.hpp>
#include <logitkit/process/min_length.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/no_repeat_ngram.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/sequence_bias.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/suppress_at_start.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_h.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>
#include <logitkit/process/typical.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::presets {

/// The fields of GenerationConfig that make a chain, with its defaults, and what generate() has at
/// hand besides: the encoder's tokens, end tokens, the user's processors.
struct HuggingFace {
  bool do_sample = false;  ///< else nothing from temperature on; decode greedily or with beams
  std::vector<std::pair<std::vector<Token>, double>> sequence_bias{};
  double encoder_repetition_penalty = 1;            ///< > 0
  std::vector<Token> encoder_input_ids{};           ///< for the two that look at them
  double repetition_penalty = 1;                    ///< > 0; of prompt and output
  int no_repeat_ngram_size = 0;                     ///< >= 1; 0 is off
  int encoder_no_repeat_ngram_size = 0;             ///< >= 1; 0 is off
  std::vector<std::vector<Token>> bad_words_ids{};  ///< one that is an end token is left out
  int min_length = 0;                               ///< >= 0, the prompt counted
  int min_new_tokens = 0;                           ///< >= 0
  std::vector<Token> eos_token_id{};                ///< for those that put the end off or force it
  Token forced_bos_token_id = kNoToken;             ///< the first token generated
  std::vector<Token> forced_eos_token_id{};         ///< the token at max_length
  std::size_t max_length = 20;                      ///< >= 1, the prompt counted; for those alone
  /// (start, factor): factor > 0; 1 is off.
  std::pair<int, double> exponential_decay_length_penalty{0, 1};
  std::vector<Token> suppress_tokens{};
  std::vector<Token> begin_suppress_tokens{};
  DynamicChain logits_processor{};  ///< the user's own
  double temperature = 1;           ///< > 0
  double top_h = 1;                 ///< in (0, 1]; 1 is off
  int top_k = 50;                   ///< >= 1; 0 is off
  double top_p = 1;                 ///< in [0, 1]
  double min_p = 0;                 ///< in [0, 1]
  double typical_p = 1;             ///< in (0, 1]
  double epsilon_cutoff = 0;        ///< in (0, 1); 0 is off
  double eta_cutoff = 0;            ///< in (0, 1); 0 is off
  int num_beams = 1;                ///< >= 1; sampled beams keep a token more than there are ends
  bool renormalize_logits = false;

  /// Everything that is wrong, a sentence each; empty if nothing is.
  template <class = void>
  [[nodiscard]] std::vector<std::string> complaints() const {
    return assembled().complaints;
  }

  /// What `huggingface` makes its chain of.
  template <class = void>
  [[nodiscard]] logitkit::detail::Assembly assembled() const {
    logitkit::detail::Assembly to;
    constrain(to);
    to.chain.add(logits_processor);
    if (do_sample) {
      narrow(to);
    } else if (samples()) {
      to.complain("do_sample must be true, or what it samples with stay at its default");
    }
    if (renormalize_logits) to.chain.add(Softmax());
    return to;
  }

 private:
  template <class = void>
  void constrain(logitkit::detail::Assembly& to) const {
    if (!sequence_bias.empty()) to.add<SequenceBias<double>>("sequence_bias", sequence_bias);
    if (encoder_repetition_penalty != 1) {
      to.add<EncoderRepetitionPenalty<double>>("encoder_repetition_penalty",
                                               encoder_repetition_penalty, encoder_input_ids);
    }
    to.add_unless<RepetitionPenalty<double>>(1.0, "repetition_penalty", repetition_penalty);
    to.add_unless<NoRepeatNgram<int>>(0, "no_repeat_ngram_size", no_repeat_ngram_size);
    if (encoder_no_repeat_ngram_size != 0) {
      to.add<EncoderNoRepeatNgram<int>>("encoder_no_repeat_ngram_size",
                                        encoder_no_repeat_ngram_size, encoder_input_ids);
    }
    auto bad_words = bad_words_ids;
    for (const Token end : eos_token_id) std::erase(bad_words, std::vector<Token>{end});
    if (!bad_words.empty()) to.add<BanSequences>("bad_words_ids", bad_words);
    if (!eos_token_id.empty()) {
      if (min_length != 0) to.add<MinLength<int>>("min_length", min_length, eos_token_id);
      if (min_new_tokens != 0) {
        to.add<MinNewTokens<int>>("min_new_tokens", min_new_tokens, eos_token_id);
      }
    }
    to.add_unless<ForceFirst>(kNoToken, "forced_bos_token_id", forced_bos_token_id);
    if (!forced_eos_token_id.empty()) {
      Limits last;
      last.max_new_tokens = std::size_t(-1);
      last.max_tokens = max_length;
      last.end_tokens = forced_eos_token_id;
      to.add<ForceLast>("forced_eos_token_id", last);
    }
    if (const auto& [start, factor] = exponential_decay_length_penalty; factor != 1) {
      to.add<ExponentialLengthDecay<double>>("exponential_decay_length_penalty", start, factor,
                                             eos_token_id);
    }
    if (!suppress_tokens.empty()) to.add<Ban>("suppress_tokens", suppress_tokens);
    if (!begin_suppress_tokens.empty()) {
      const int n = forced_bos_token_id == kNoToken ? 0 : 1;  // behind the forced one
      to.add<SuppressAtStart<int>>("begin_suppress_tokens", begin_suppress_tokens, n);
    }
  }

  /// Whether anything that it samples with has another value than its default.
  [[nodiscard]] bool samples() const {
    return temperature != 1 || top_h != 1 || top_k != HuggingFace().top_k || top_p != 1 ||
           min_p != 0 || typical_p != 1 || epsilon_cutoff != 0 || eta_cutoff != 0;
  }

  template <class = void>
  void narrow(logitkit::detail::Assembly& to) const {
    to.expect(num_beams >= 1, "num_beams", "num_beams >= 1", num_beams);
    const std::size_t ends = std::max<std::size_t>(eos_token_id.size(), 1);
    const MinKeep keep{num_beams > 1 ? ends + 1 : 1};
    to.expect(temperature > 0, "temperature", "temperature > 0", temperature);
    to.add_unless<Temperature<double>>(1.0, "temperature", temperature);
    if (top_h != 1) to.add<TopH<double>>("top_h", top_h, TopHRule::hugging_face);
    if (top_k != 0) {
      const int k = top_k < 0 ? top_k : std::max(top_k, static_cast<int>(keep.min_keep));
      to.add<TopK<int>>("top_k", k, TopKOptions{.keep_ties = true});
    }
    to.within(0, 1, "top_p", top_p);
    if (top_p >= 0 && top_p < 1) to.add<TopP<double>>("top_p", to.least_if_0(top_p), keep);
    if (min_p != 0) to.add<MinP<double>>("min_p", min_p, keep);
    if (typical_p != 1) {
      const TypicalOptions options{.min_keep = keep.min_keep, .keep_ties = true};
      to.add<Typical<double>>("typical_p", typical_p, options);
    }
    if (epsilon_cutoff != 0) to.add<Epsilon<double>>("epsilon_cutoff", epsilon_cutoff, keep);
    if (eta_cutoff != 0) to.add<Eta<double>>("eta_cutoff", eta_cutoff, keep);
  }
};

/// The order that generate() builds: sequence_bias > encoder_repetition_penalty >
/// repetition_penalty > no_repeat_ngram > encoder_no_repeat_ngram > bad words > min_length >
/// min_new_tokens > forced first > forced last > length decay > suppressed > suppressed at the
/// start > the user's own > and only where it samples: temperature > top_h > top_k > top_p > min_p
/// > typical > epsilon > eta > and last, renormalize_logits. What is off is left out; top_k = 50 is
/// not, which is its default. As there, top_k keeps all equals of the k-th and typical those of the
/// farthest, top_h looks at the 100 best, and the warpers see temperature first.
///
/// Otherwise than there: what it samples with and has no effect without do_sample is refused, not
/// warned of; a bad row is a status, so remove_invalid_values has no place; a bias or ban of a run
/// of tokens acts on a context that is shorter than the run, too; the forced first token comes
/// behind a prompt of any length. Guidance, PrefixAllowed and watermarks want more than numbers,
/// and are added to the chain or to `logits_processor`; generate() has Guidance before all else,
/// PrefixAllowed before the forced tokens, and a watermark behind eta.
///
/// A template, as its parameters' functions are, so that only who calls it compiles the processors.
template <class = void>
[[nodiscard]] DynamicChain huggingface(const HuggingFace& parameters = {}) {
  return parameters.assembled().finish();
}

}  // namespace logitkit::inline LOGITKIT_ABI::presets
