// SPDX-License-Identifier: MIT
// Generation: a sequence as it ended, with everything that was asked for.
#pragma once

#include <logitkit/core/pick.hpp>

#include <exception>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// A sequence as it ended. Whatever went wrong, the tokens made before it are here.
struct Generation {
  std::vector<Token> tokens{};  ///< generated, the prompt excluded, an end token included
  /// Beam search: see BeamOptions::length_penalty. Several samples: what they are ranked by. Else:
  /// the sum of the model's log-probabilities, if they were asked for.
  double score = kNotComputed;
  double inclusion = kNotComputed;  ///< stochastic beams: the probability of being sampled
  double weight = kNotComputed;     ///< stochastic beams: what it counts in an estimate
  StopReason reason = StopReason::none;
  /// What was wrong with the row that ended it; in beam search, the whole search, in each result.
  Status status = Status::ok;
  std::size_t stop_size = 0;  ///< how many tokens at the end are the stop sequence that was met
  std::vector<double> model_log_probabilities{};   ///< one a token, if asked for
  std::vector<double> choice_log_probabilities{};  ///< one a token, if asked for
  std::vector<Alternative> alternatives{};         ///< n a token, best first, if asked for
  std::vector<std::size_t> ranks{};                ///< one a token, if asked for
  /// What the model (or, in a BeamBatch, a processor) threw, if it did; in beam search, in each
  /// result.
  std::exception_ptr error{};

  /// The tokens without the stop sequence that ended them.
  [[nodiscard]] std::span<const Token> text() const {
    return std::span(tokens).first(tokens.size() - stop_size);
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
