// SPDX-License-Identifier: MIT
// ExactMatch: takes what the target holds for the most probable token. Speculation for greedy.
#pragma once

#include <logitkit/decode/choose.hpp>
#include <logitkit/decode/verdict.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Takes draft tokens as long as each is the target's most probable one, the lower of equals; then
/// comes the most probable one. It looks at no random number and at nothing that a draft was drawn
/// from. In a SpeculativeDecoder scores decide, and so the result is that of GreedyDecoder, token
/// by token. See Verdict for what it is called with. Cost: O(size of p) a token.
struct ExactMatch {
  /// As GreedyDecoder.
  [[nodiscard]] ChooseBest chooser(const auto&) const { return {}; }

  [[nodiscard]] Verdict operator()(const auto& target, const Draft& draft, const auto&,
                                   const auto&) const {
    for (std::size_t i = 0;; ++i) {
      const Probabilities& p = target(i);
      const auto best = std::max_element(p.values().begin(), p.values().end());
      const Token token = p.tokens()[static_cast<std::size_t>(best - p.values().begin())];
      if (i == draft.size() || token != draft.tokens[i]) return {i, token};
    }
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
