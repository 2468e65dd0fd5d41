// SPDX-License-Identifier: MIT
// SpeculativeOptions: how far ahead to guess, and with which random numbers.
#pragma once

#include <logitkit/core/pick.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct SpeculativeOptions {
  /// What a drafter is asked for in a round, <= 1024; 0: no speculation. Near a limit it is less.
  std::size_t draft_tokens = 4;
  std::uint64_t seed = 0;    ///< the same seed, logits and drafter give the same tokens, everywhere
  std::uint64_t stream = 0;  ///< independent numbers for the same seed
  Report report{};

  [[nodiscard]] std::string check() const {
    if (draft_tokens > 1024) {
      return misuse("SpeculativeOptions", "draft_tokens", "draft_tokens <= 1024",
                    double(draft_tokens));
    }
    return report.check(draft_tokens + 1);
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
