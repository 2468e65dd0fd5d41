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
  std::size_t beams = 4;      ///< prefixes kept at each step, >= 1
  double length_penalty = 1;  ///< score = sum of log-probabilities / length^length_penalty, finite;
                              ///< > 0 favours longer texts (log-probabilities are negative)
  EarlyStopping early_stopping = EarlyStopping::heuristic;
  std::size_t n_best = 0;  ///< results to return, <= beams; 0: as many as beams
  Report report{};         ///< of the model; `choice` has no meaning in beam search

  [[nodiscard]] std::string check() const {
    if (beams < 1) return misuse("BeamOptions", "beams", "beams >= 1", double(beams));
    constexpr double kMax = std::numeric_limits<double>::max();
    if (!(length_penalty >= -kMax && length_penalty <= kMax)) {
      return misuse("BeamOptions", "length_penalty", "-inf < length_penalty < inf", length_penalty);
    }
    if (n_best > beams) return misuse("BeamOptions", "n_best", "n_best <= beams", double(n_best));
    if (report.choice) return misuse("BeamOptions", "report.choice", "choice = false", 1);
    return {};
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
