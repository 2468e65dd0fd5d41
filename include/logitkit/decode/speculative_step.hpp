// SPDX-License-Identifier: MIT
// SpeculativeStep: what one round of speculation has committed. SpeculationStatistics: what all of
// them have brought.
#pragma once

#include <logitkit/core/pick.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// What one round has committed: accepted draft tokens and, unless the sequence has ended, one
/// more.
struct SpeculativeStep {
  std::span<const Pick> picks;  ///< in the workspace, valid until it is used again
  Status status = Status::ok;   ///< of the row that ended the round early, if one did
  /// How many of the tokens read in this round the model has to forget: see RewindableModel.
  /// Where there is no pick, those of the draft: the last token stays read.
  std::size_t rewind = 0;
};

/// Counted over the rounds of a session, each of which reads the model once.
struct SpeculationStatistics {
  std::size_t rounds = 0;
  std::size_t drafted = 0;   ///< tokens that were proposed
  std::size_t accepted = 0;  ///< of these, how many were committed
  std::size_t tokens = 0;    ///< committed in all

  /// The part of the proposed tokens that was committed; 0 where there were none.
  [[nodiscard]] double acceptance() const {
    return drafted == 0 ? 0 : double(accepted) / double(drafted);
  }
  /// Tokens for each read of the model; without speculation 1.
  [[nodiscard]] double tokens_per_round() const {
    return rounds == 0 ? 0 : double(tokens) / double(rounds);
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
