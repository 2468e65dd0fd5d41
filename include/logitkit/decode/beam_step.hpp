// SPDX-License-Identifier: MIT
// BeamStep: what several sequences ask of the engine between two rows of logits.
#pragma once

#include <logitkit/core/token.hpp>

#include <cstddef>
#include <span>

namespace logitkit::inline LOGITKIT_ABI {

/// What the engine does next: new row r continues old row parents[r], and is fed tokens[r]. Both
/// spans have an entry for each live row, and none at the end. They are in the session or the batch
/// that was stepped (not in a copy of it), valid until its next step.
struct BeamStep {
  std::span<const Token> tokens;
  std::span<const std::size_t> parents;
  bool identity = true;  ///< parents are 0, 1, 2, ... and no row is dropped: nothing to move
};

}  // namespace logitkit::inline LOGITKIT_ABI
