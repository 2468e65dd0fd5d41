// SPDX-License-Identifier: MIT
// MaxNewTokens: ends after a number of generated tokens.
#pragma once

#include <logitkit/core/concepts.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Met when at least `limit` tokens have been generated.
struct MaxNewTokens {
  std::size_t limit;

  [[nodiscard]] StopReason operator()(const Context& context) const {
    return context.generated().size() >= limit ? StopReason::max_new_tokens : StopReason::none;
  }
};

static_assert(StopRule<MaxNewTokens>);

}  // namespace logitkit::inline LOGITKIT_ABI
