// SPDX-License-Identifier: MIT
// Coupled: takes what would have been drawn anyway. The tokens do not depend on the drafter.
#pragma once

#include <logitkit/decode/choose.hpp>
#include <logitkit/decode/verdict.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Draws every token from the target with next(i), and takes the draft as long as it says the same.
/// In a SpeculativeDecoder the result is that of RandomDecoder with the same chain and seed, token
/// by token, whatever the drafter. A drafter that draws is given the same random numbers, so that
/// it agrees more often. Of tokens proposed without chance this takes as many as TokenRule does on
/// average; of drawn ones no more.
/// See Verdict for what it is called with; it does no tests. Cost: O(size of p) a token.
struct Coupled {
  /// As RandomDecoder.
  template <Decider D>
  [[nodiscard]] ChooseRandomly<D> chooser(const D& numbers) const {
    return {numbers};
  }

  [[nodiscard]] Verdict operator()(const auto& target, const Draft& draft, const auto&,
                                   const auto& next) const {
    for (std::size_t i = 0;; ++i) {
      const Token token = detail::draw(target(i), next(i));
      if (i == draft.size() || token != draft.tokens[i]) return {i, token};
    }
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
