// SPDX-License-Identifier: MIT
// TokenRule: speculative sampling, one draft token after the other. Lossless.
#pragma once

#include <logitkit/decode/verdict.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Takes a token x that was drawn from q with probability min(1, p(x) / q(x)), p the target's
/// distribution. The first that is not taken ends it: in its place comes a draw from max(p - q, 0),
/// normalised. After a draft that is taken whole comes a draw from the target. A token proposed
/// without chance has q(x) = 1. Every token then has the target's distribution exactly.
/// See Verdict for what it is called with. Cost: O(sizes of p and q) where it ends, else O(log).
/// Source: Leviathan, Kalman, Matias 2023, "Fast inference from transformers via speculative
/// decoding", algorithm 1; Chen et al. 2023, arXiv 2302.01318.
struct TokenRule {
  [[nodiscard]] Verdict operator()(const auto& target, const Draft& draft, const auto& tests,
                                   const auto& next) const {
    for (std::size_t i = 0; i < draft.size(); ++i) {
      const Probabilities& p = target(i);
      const detail::DrawnFrom q(draft, i);
      const Token token = draft.tokens[i];
      if (tests(i) * q[token] < p[token]) continue;
      return {i, detail::draw_excess(p, 1, q, next(i))};
    }
    return {draft.size(), detail::draw(target(draft.size()), next(draft.size()))};
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
