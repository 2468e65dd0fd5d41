// SPDX-License-Identifier: MIT
// force: what the processors do that leave a token no alternative.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Keeps those of `tokens` that can still come, each with the score 0, as of what is certain: a
/// beam loses nothing by it. If none can, nothing is left. +inf stays, so that a bad row stays one.
/// Cost: O(tokens log tokens).
template <std::floating_point S>
void force(Candidates<S>& candidates, std::span<const Token> tokens) {
  candidates.keep_only(tokens);
  candidates.transform(
      [](double score) { return score < std::numeric_limits<double>::infinity() ? 0.0 : score; });
}

}  // namespace logitkit::inline LOGITKIT_ABI::detail
