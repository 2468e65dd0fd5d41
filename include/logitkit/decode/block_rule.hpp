// SPDX-License-Identifier: MIT
// BlockRule: verifies a draft as a whole, and takes at least as much of it as TokenRule. Lossless.
#pragma once

#include <logitkit/decode/verdict.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Takes the longest part of the draft that passes, even where a shorter one does not. The first i
/// tokens pass with probability R / (R + 1 - r), all of them with r, where r is
///   r_i = min(1, r_{i-1} p(x_i) / q(x_i)), r_0 = 1,
/// and R the sum of max(r_i p - q, 0) over what may follow them. Then comes a draw from
/// max(r_i p - q, 0), normalised, or after the whole draft from the target. Whole sequences have
/// the target's distribution exactly, and no rule that is told p and q accepts more on average.
/// A test belongs to this round alone: what is behind the verdict has been tested, too, and a later
/// round needs new numbers there.
/// See Verdict for what it is called with. Cost: O(sizes of p and q) for every token of the draft.
/// Source: Sun et al. 2024, "Block verification accelerates speculative decoding", algorithm 2.
struct BlockRule {
  [[nodiscard]] Verdict operator()(const auto& target, const Draft& draft, const auto& tests,
                                   const auto& next) const {
    struct Part {
      std::size_t size;
      double ratio;
      const Probabilities* p;  // of what follows
    };
    const std::size_t n = draft.size();
    Part part{0, 1, &target(0)}, longest = part;
    while (part.size < n) {
      const Token token = draft.tokens[part.size];
      const double reached = part.ratio * (*part.p)[token];
      if (reached == 0) break;  // nothing longer can pass, not even what q denies: 0 / 0
      part.ratio = std::min(1.0, reached / detail::DrawnFrom(draft, part.size)[token]);
      part.p = &target(++part.size);
      const double test = tests(part.size - 1);
      if (passes(part, draft, test)) longest = part;
    }
    const double u = next(longest.size);
    if (longest.size == n) return {n, detail::draw(*longest.p, u)};
    const detail::DrawnFrom q(draft, longest.size);
    return {longest.size, detail::draw_excess(*longest.p, longest.ratio, q, u)};
  }

 private:
  [[nodiscard]] static bool passes(const auto& part, const Draft& draft, double test) {
    if (part.size == draft.size()) return test < part.ratio;
    double rest = 0;
    detail::for_each_excess(*part.p, part.ratio, detail::DrawnFrom(draft, part.size),
                            [&](Token, double excess) { rest += excess; });
    return test * (rest + (1 - part.ratio)) < rest;
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
