// SPDX-License-Identifier: MIT
// BeamStep: what several sequences ask of the engine between two rows of logits.
#pragma once

#include <logitkit/core/token.hpp>

#include <cstddef>
#include <span>

namespace logitkit::inline LOGITKIT_ABI {

/// What the engine does next: new row r continues old row parents[r], and is fed tokens[r]. Both
/// spans are as long as there are live beams, and empty at the end of the search. They are in the
/// session (not in a copy of it), valid until its next step.
struct BeamStep {
  std::span<const Token> tokens;
  std::span<const std::size_t> parents;
  bool identity = true;  ///< parents are 0, 1, 2, ... and no row is dropped: nothing to move
};

}  // namespace logitkit::inline LOGITKIT_ABI
