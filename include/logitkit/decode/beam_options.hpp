// SPDX-License-Identifier: MIT
// BeamOptions: how wide to search, how to score lengths, when to stop.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/core/pick.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// When a search with as many finished hypotheses as beams ends. Hugging Face's `early_stopping`.
enum class EarlyStopping : std::uint8_t {
  heuristic,  ///< False: when the best live beam, at its present length, is not better than the
              ///< worst finished one
  when_full,  ///< True: at once
  never,      ///< "never": when no live beam can become better at any length still allowed
};

[[nodiscard]] constexpr const char* to_string(EarlyStopping rule) noexcept {
  switch (rule) {
    case EarlyStopping::heuristic:
      return "heuristic";
    case EarlyStopping::when_full:
      return "when_full";
    case EarlyStopping::never:
      return "never";
  }
  return "unknown";
}

struct BeamOptions {
  std::size_t beams = 4;  ///< prefixes kept at each step, 1 to 65536
  /// score = sum of log-probabilities / length^length_penalty, in [-30, 30]; above 0 favours longer
  /// texts, since log-probabilities are negative.
  double length_penalty = 1;
  EarlyStopping early_stopping = EarlyStopping::heuristic;
  std::size_t n_best = 0;  ///< results to return, <= beams; 0: as many as beams
  Report report{};         ///< of the model: in beam search there is no choice

  [[nodiscard]] std::string check() const {
    if (beams < 1 || beams > 65536) {
      return misuse("BeamOptions", "beams", "1 <= beams <= 65536", double(beams));
    }
    if (!(length_penalty >= -30 && length_penalty <= 30)) {
      return misuse("BeamOptions", "length_penalty", "-30 <= length_penalty <= 30", length_penalty);
    }
    if (n_best > beams) return misuse("BeamOptions", "n_best", "n_best <= beams", double(n_best));
    if (report.choice) return "BeamOptions: report.choice must be false, beam search has none";
    if (report.of != Distribution::model) {
      return "BeamOptions: report.of must be the model, beam search has no choice";
    }
    return report.check();
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
