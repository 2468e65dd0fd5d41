// SPDX-License-Identifier: MIT
// MinKeep: how many tokens a truncation leaves at least, whatever its rule says of them.
#pragma once

#include <logitkit/core/candidates.hpp>
#include <logitkit/core/error.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Options of a truncation: TopP{0.95f, {.min_keep = 2}}. All stay if there are fewer; what is
/// banned does not come back.
struct MinKeep {
  std::size_t min_keep = 1;  ///< so many of the best stay, >= 1
};

namespace detail {

[[nodiscard]] inline std::string check_min_keep(const char* where, std::size_t min_keep) {
  return min_keep >= 1 ? std::string() : misuse(where, "min_keep", "min_keep >= 1", 0);
}

/// Keeps the tokens with score >= threshold, and the min_keep best with all equals of the last of
/// them: a threshold never parts equals.
template <std::floating_point S>
void keep_above(Candidates<S>& candidates, double threshold, const MinKeep& options) {
  double least = candidates.maximum();
  if (options.min_keep > 1) {
    const auto best = candidates.sorted(options.min_keep);
    if (!best.empty()) least = candidates.score(best.back().token);
  }
  candidates.keep_above(std::min(threshold, least));
}

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
