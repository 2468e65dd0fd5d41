// SPDX-License-Identifier: MIT
// Softmax: normalises the scores, so that their exponentials are probabilities.
#pragma once

#include <logitkit/core/concepts.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score' = score - ln(sum of exp(score)): log-softmax, since scores are always log-domain. May
/// stand anywhere, and twice without harm; it never changes which token is drawn. What it changes:
/// scores that are added up (beam search) or compared with a number (a user's threshold).
/// An all-banned row stays as it is. Cost: O(size) exponentials.
/// Source: Hugging Face's `renormalize_logits`.
struct Softmax {
  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    candidates.normalise();
  }

  void describe(auto& tell) const { tell("softmax"); }
};

static_assert(Processor<Softmax>);

}  // namespace logitkit::inline LOGITKIT_ABI
