// SPDX-License-Identifier: MIT
// StopSequence: ends after any of some runs of tokens; and what to hold back while one may come.
#pragma once

#include <logitkit/core/concepts.hpp>

#include <algorithm>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// Met when the generated tokens end in one of `sequences`; the prompt plays no part in a match,
/// and an empty sequence is never met.
/// Cost a token: at most the lengths of the sequences; of `pending`, their squares.
struct StopSequence {
  std::span<const std::vector<Token>> sequences;

  [[nodiscard]] StopReason operator()(const Context& context) const {
    return matched(context.generated()) > 0 ? StopReason::stop_sequence : StopReason::none;
  }

  /// The length of the longest sequence that `generated` ends in; 0 if none.
  [[nodiscard]] std::size_t matched(std::span<const Token> generated) const {
    std::size_t longest = 0;
    for (const auto& sequence : sequences) {
      if (sequence.size() > generated.size() || sequence.size() <= longest) continue;
      const auto tail = generated.last(sequence.size());
      if (std::equal(tail.begin(), tail.end(), sequence.begin())) longest = sequence.size();
    }
    return longest;
  }

  /// How many tokens at the end of `generated` may still become a stop sequence: its longest tail
  /// that is a proper beginning of one. Streaming waits with these.
  [[nodiscard]] std::size_t pending(std::span<const Token> generated) const {
    std::size_t longest = 0;
    for (const auto& sequence : sequences) {
      const std::size_t longest_beginning = sequence.empty() ? 0 : sequence.size() - 1;
      for (std::size_t n = std::min(longest_beginning, generated.size()); n > longest; --n) {
        const auto tail = generated.last(n);
        if (std::equal(tail.begin(), tail.end(), sequence.begin())) longest = n;
      }
    }
    return longest;
  }
};

static_assert(StopRule<StopSequence>);

}  // namespace logitkit::inline LOGITKIT_ABI
