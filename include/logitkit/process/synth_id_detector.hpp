// SPDX-License-Identifier: MIT
// SynthIdDetector: how sure one can be that a text carries the watermark of SynthIdWatermark.
#pragma once

#include <logitkit/core/synth_id_options.hpp>
#include <logitkit/process/detail/synth_id.hpp>

#include <cmath>
#include <set>

namespace logitkit::inline LOGITKIT_ABI {

/// What a text says about a watermark. Decide by z: above 4 a text without one is falsely accused
/// once in 30,000.
struct SynthIdEvidence {
  std::size_t scored = 0;  ///< bits of tokens after a context that has not come before
  std::size_t ones = 0;    ///< those of them that are 1
  double z = 0;            ///< standard deviations above what is expected without a watermark
  double p_value = 1;      ///< how probable so large a z, or a larger, is by chance
};

/// z = (ones - g * scored) / sqrt(scored * g * (1 - g)), where g is the part of the table's bits
/// that are 1; the bits of all layers count alike. p_value = erfc(z / sqrt(2)) / 2, the normal
/// tail; it is for reports, from libm, and decides nothing here. A text with nothing to score has
/// z = 0 and p = 1.
///
/// The options must be those of the generator. `tokens`: the generated text, its first ngram - 1
/// not scored. Cost: O(tokens (ngram + layers + ln tokens)). Source: as detail::SynthId, the mean
/// score of its supplement; Hugging Face, `SynthIDTextWatermarkDetector`, learns a weight for each
/// layer.
class SynthIdDetector {
 public:
  explicit SynthIdDetector(const SynthIdOptions& options) : bits_(options) {}

  [[nodiscard]] SynthIdEvidence score(std::span<const Token> tokens) const {
    SynthIdEvidence evidence;
    std::set<std::uint64_t> contexts;
    for (std::size_t at = bits_.width(); at < tokens.size(); ++at) {
      const auto context = detail::SynthId::hash(tokens.subspan(at - bits_.width(), bits_.width()));
      if (!contexts.insert(context).second) continue;
      const std::uint64_t run = detail::SynthId::prolonged(context, tokens[at]);
      for (std::size_t layer = 0; layer < bits_.layers(); ++layer) {
        evidence.ones += bits_.bit(run, layer);
      }
      evidence.scored += bits_.layers();
    }
    if (evidence.scored == 0) return evidence;
    const double part = bits_.share(), scored = double(evidence.scored);
    evidence.z =
        std::fma(-part, scored, double(evidence.ones)) / std::sqrt(scored * part * (1 - part));
    evidence.p_value = std::erfc(evidence.z / std::sqrt(2.0)) / 2;
    return evidence;
  }

 private:
  detail::SynthId bits_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
