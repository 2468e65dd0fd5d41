// SPDX-License-Identifier: MIT
// FirstMet: all the rules of a Limits as one; the first one met, in StopReason's order, counts.
#pragma once

#include <logitkit/core/limits.hpp>
#include <logitkit/stop/end_token.hpp>
#include <logitkit/stop/max_new_tokens.hpp>
#include <logitkit/stop/max_tokens.hpp>
#include <logitkit/stop/predicate.hpp>
#include <logitkit/stop/stop_sequence.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Asks no rule after one that is met. A view, like the rules themselves: the limits outlive it.
/// Cost a token: O(end tokens), that of StopSequence, and the user's function.
struct FirstMet {
  const Limits& limits;

  [[nodiscard]] StopReason operator()(const Context& context) const {
    const auto either = [&](StopReason so_far, const auto& rule) {
      return so_far != StopReason::none ? so_far : rule(context);
    };
    StopReason reason = EndToken{limits.end_tokens}(context);
    reason = either(reason, StopSequence{limits.stop_sequences});
    reason = either(reason, Predicate{limits.stop_when});
    reason = either(reason, MaxNewTokens{limits.max_new_tokens});
    return either(reason, MaxTokens{limits.max_tokens});
  }

  /// How many of the generated tokens are the stop sequence, if that is why they end; else 0.
  [[nodiscard]] std::size_t stop_size(StopReason reason, std::span<const Token> generated) const {
    if (reason != StopReason::stop_sequence) return 0;
    return StopSequence{limits.stop_sequences}.matched(generated);
  }
};

static_assert(StopRule<FirstMet>);

}  // namespace logitkit::inline LOGITKIT_ABI
