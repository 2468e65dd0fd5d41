// SPDX-License-Identifier: MIT
// BeamOptions: how wide to search, how to score lengths, when to stop.
#pragma once

#include <logitkit/core/pick.hpp>
#include <logitkit/decode/length_penalty.hpp>

#include <algorithm>
#include <cmath>

namespace logitkit::inline LOGITKIT_ABI {

/// When a search that has as many finished hypotheses as it wants ends. The first three are Hugging
/// Face's `early_stopping`.
enum class EarlyStopping : std::uint8_t {
  heuristic,  ///< False: when the best live beam, at its present length, is not better than the
              ///< worst finished one
  when_full,  ///< True: at once
  never,  ///< "never": when the best live beam would not be better at the length that favours it
          ///< most, the longest where the length penalty is above 0
  canonical,  ///< when no live beam can become one of the n best at any length still allowed: the
              ///< results are those of a search that runs to the limit, unless scores rise
};

[[nodiscard]] constexpr const char* to_string(EarlyStopping rule) noexcept {
  switch (rule) {
    case EarlyStopping::heuristic:
      return "heuristic";
    case EarlyStopping::when_full:
      return "when_full";
    case EarlyStopping::never:
      return "never";
    case EarlyStopping::canonical:
      return "canonical";
  }
  return "unknown";
}

struct BeamOptions {
  /// Prefixes kept at each step, 1 to 65536. One is greedy search, as in Hugging Face's `generate`,
  /// also in a group: it ends with its first hypothesis, whatever the stopping rule and patience.
  /// (The chain sees log_softmax, so that it is GreedyDecoder's with a Softmax in front.)
  std::size_t beams = 4;
  /// A hypothesis' score = (sum of log-probabilities + word_reward * length) / penalty(length).
  LengthPenalty length_penalty = 1;
  double word_reward = 0;  ///< finite; above 0 favours longer texts
  EarlyStopping early_stopping = EarlyStopping::heuristic;
  /// A search wants round(patience * beams) finished hypotheses, at least 1; in (0, 65536].
  /// Source: Kasai et al. 2022, "A Call for Clarity in Beam Search".
  double patience = 1;
  /// Hugging Face's rules before 4.50 (`BeamSearchScorer`; compared with 4.43.4) where they differ
  /// from today's: the best extension counts for the stopping rule even if it has just ended; only
  /// end tokens make hypotheses on the way; when all beams meet another limit, all that live become
  /// hypotheses.
  bool legacy = false;
  std::size_t n_best = 0;  ///< results to return, <= wanted(); 0: min(beams, wanted())
  Report report{};         ///< of the model: in beam search there is no choice

  /// The finished hypotheses that are kept.
  [[nodiscard]] std::size_t wanted() const {
    const double rounded = std::floor(patience * double(beams) + 0.5);
    return rounded < 1 ? 1 : static_cast<std::size_t>(rounded);
  }
  /// How many results there are if all goes well.
  [[nodiscard]] std::size_t returned() const {
    return n_best == 0 ? std::min(beams, wanted()) : n_best;
  }

  /// How many hypotheses there must be before the stopping rule is asked.
  [[nodiscard]] std::size_t enough() const {
    return early_stopping == EarlyStopping::canonical ? returned() : wanted();
  }

  [[nodiscard]] double score(double sum, std::size_t length) const {
    return std::fma(word_reward, double(length), sum) / length_penalty(length);
  }
  /// What a live beam of this sum and length may still score, by the stopping rule, with a limit of
  /// `most` tokens. The search goes on while that is more than what the last of enough has.
  [[nodiscard]] double attainable(double sum, std::size_t length, std::size_t most) const {
    switch (early_stopping) {
      case EarlyStopping::when_full:
        return -std::numeric_limits<double>::infinity();
      case EarlyStopping::never:
        return score(sum, length_penalty.exponent() > 0 ? most : length);
      case EarlyStopping::canonical:
        return bound(sum, std::min(length + 1, most), most);
      case EarlyStopping::heuristic:
        break;
    }
    return score(sum, length);
  }

  [[nodiscard]] std::string check() const {
    if (beams < 1 || beams > 65536) {
      return misuse("BeamOptions", "beams", "1 <= beams <= 65536", double(beams));
    }
    if (std::string wrong = length_penalty.check("BeamOptions"); !wrong.empty()) return wrong;
    if (!(word_reward - word_reward == 0)) {
      return misuse("BeamOptions", "word_reward", "word_reward finite", word_reward);
    }
    if (!(patience > 0 && patience <= 65536)) {
      return misuse("BeamOptions", "patience", "0 < patience <= 65536", patience);
    }
    if (returned() > wanted()) {
      return misuse("BeamOptions", "n_best", "n_best <= round(patience * beams)",
                    double(returned()));
    }
    if (legacy && early_stopping == EarlyStopping::canonical) {
      return "BeamOptions: early_stopping must not be canonical where legacy rules are asked for";
    }
    if (report.choice) return "BeamOptions: report.choice must be false, beam search has none";
    if (report.of != Distribution::model) {
      return "BeamOptions: report.of must be the model, beam search has no choice";
    }
    return report.check(beams);
  }

 private:
  /// What no hypothesis of `least` to `most` tokens can score more than, if its sum is no larger:
  /// the largest numerator over the divisor that favours it.
  [[nodiscard]] double bound(double sum, std::size_t least, std::size_t most) const {
    const double at_best = std::fma(word_reward, double(word_reward > 0 ? most : least), sum);
    const double a = length_penalty(least), b = length_penalty(most);
    return at_best / (at_best < 0 ? std::max(a, b) : std::min(a, b));
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
