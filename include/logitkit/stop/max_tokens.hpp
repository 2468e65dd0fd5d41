// SPDX-License-Identifier: MIT
// MaxTokens: ends at a total length, such as the model's context window.
#pragma once

#include <logitkit/core/concepts.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Met when prompt and generated tokens together are at least `limit`.
struct MaxTokens {
  std::size_t limit;

  [[nodiscard]] StopReason operator()(const Context& context) const {
    return context.tokens.size() >= limit ? StopReason::max_tokens : StopReason::none;
  }
};

static_assert(StopRule<MaxTokens>);

}  // namespace logitkit::inline LOGITKIT_ABI
