// SPDX-License-Identifier: MIT
// PLess: keeps the tokens that are at least as probable as two draws are to agree.
#pragma once

#include <logitkit/core/concepts.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps a token iff probability >= sum of p^2 over the candidates, which is never more than the
/// largest probability. No parameter: a sure model keeps one token, a flat one all. All ties stay.
/// An all-banned row stays empty. Cost: O(V) exponentials before narrowing, O(survivors) after.
/// Source: Tan et al. 2025, "p-less sampling: a robust hyperparameter-free approach for LLM
/// decoding", arXiv 2509.23234, section 3.
struct PLess {
  static constexpr bool whole_row = true;

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    const double collision = candidates.collision();  // first: it finds mass and status on its way
    if (candidates.status() != Status::ok) return;
    const double distance = math::log(collision) - candidates.log_probability(candidates.best());
    // Only by rounding is the distance ever above 0.
    candidates.keep_above(candidates.maximum() + std::min(distance, 0.0));
  }

  void describe(auto& tell) const { tell("p_less"); }
};

static_assert(Processor<PLess>);

}  // namespace logitkit::inline LOGITKIT_ABI
