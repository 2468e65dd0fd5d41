// SPDX-License-Identifier: MIT
// GreenListDetector: how sure one can be that a text carries the watermark of GreenListWatermark.
#pragma once

#include <logitkit/core/green_list_options.hpp>
#include <logitkit/process/detail/green_list.hpp>

#include <cmath>
#include <map>

namespace logitkit::inline LOGITKIT_ABI {

/// What a text says about a watermark. Decide by z: above 4 a text without one is falsely accused
/// once in 30,000; 3 is Hugging Face's threshold.
struct GreenListEvidence {
  std::size_t scored = 0;  ///< tokens that had enough context
  std::size_t green = 0;   ///< those of them that are green
  double z = 0;            ///< standard deviations above what is expected without a watermark
  double p_value = 1;      ///< how probable so large a z, or a larger, is by chance
};

/// z = (green - g * scored) / sqrt(scored * g * (1 - g)), g = floor(ratio * V) / V, the exact part
/// of the vocabulary that is green. p_value = erfc(z / sqrt(2)) / 2, the normal tail; it is for
/// reports, from libm, and decides nothing here. A text with nothing to score has z = 0 and p = 1.
///
/// The options must be those of the generator. `tokens`: the generated text, the first `context` of
/// them (one less with self_hash) not scored. With `each_run_once` a run of context and token that
/// occurs again is not scored again: a text that repeats itself would else prove too much. Cost:
/// O(ratio * V) for each distinct run. Source: as detail::GreenList, equation 3; Hugging Face,
/// `WatermarkDetector`.
class GreenListDetector {
 public:
  explicit GreenListDetector(const GreenListOptions& options, bool each_run_once = false)
      : green_(options), each_run_once_(each_run_once) {}

  [[nodiscard]] GreenListEvidence score(std::span<const Token> tokens) const {
    const bool self = green_.options().seeding == GreenSeeding::self_hash;
    const std::size_t before = green_.options().context - (self ? 1 : 0);
    std::map<std::vector<Token>, std::size_t> runs;  // context and token, how often
    for (std::size_t at = before; at < tokens.size(); ++at) {
      const auto run = tokens.subspan(at - before, before + 1);
      std::size_t& times = runs[{run.begin(), run.end()}];
      times = each_run_once_ ? 1 : times + 1;
    }
    GreenListEvidence evidence;
    for (const auto& [run, times] : runs) {
      evidence.scored += times;
      if (green_.contains(std::span(run).first(before), run.back())) evidence.green += times;
    }
    if (evidence.scored == 0) return evidence;
    const double part = double(green_.size()) / double(green_.options().vocabulary);
    const double scored = double(evidence.scored), green = double(evidence.green);
    evidence.z = std::fma(-part, scored, green) / std::sqrt(scored * part * (1 - part));
    evidence.p_value = std::erfc(evidence.z / std::sqrt(2.0)) / 2;
    return evidence;
  }

 private:
  detail::GreenList green_;
  bool each_run_once_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
