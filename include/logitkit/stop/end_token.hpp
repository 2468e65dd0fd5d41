// SPDX-License-Identifier: MIT
// EndToken: ends after any of the end tokens.
#pragma once

#include <logitkit/core/concepts.hpp>

#include <algorithm>

namespace logitkit::inline LOGITKIT_ABI {

/// Met when the last generated token is one of `tokens`; the prompt is not looked at. O(tokens).
struct EndToken {
  std::span<const Token> tokens;

  [[nodiscard]] StopReason operator()(const Context& context) const {
    const auto generated = context.generated();
    const bool met = !generated.empty() &&
                     std::find(tokens.begin(), tokens.end(), generated.back()) != tokens.end();
    return met ? StopReason::end_token : StopReason::none;
  }
};

static_assert(StopRule<EndToken>);

}  // namespace logitkit::inline LOGITKIT_ABI
