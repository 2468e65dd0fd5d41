// SPDX-License-Identifier: MIT
// MinP: keeps the tokens that are at least a fraction as probable as the best one.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/min_keep.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps a token iff probability >= min_p * (largest probability), that is
/// score >= maximum + ln(min_p). min_p in [0, 1], usually 0.02 to 0.1; 0 keeps all, 1 the best and
/// its equals. Unlike TopP's, the set does not depend on how heavy the tail is.
/// The min_keep best stay in any case, with all equals of the last of them. All ties stay.
/// An all-banned row stays empty. Cost: O(V / 64 + survivors); no exponentials.
/// Source: Nguyen et al. 2024, "Turning up the heat: min-p sampling", arXiv 2407.01082, section 3.
template <std::floating_point P = float>
class MinP {
 public:
  explicit MinP(P min_p, const MinKeep& options = {})
      : min_p_((require(check(min_p, options)), min_p)),
        log_min_p_(math::log(double(min_p))),
        options_(options) {}

  [[nodiscard]] static std::string check(P min_p, const MinKeep& options = {}) {
    return min_p >= 0 && min_p <= 1 ? detail::check_min_keep("MinP", options.min_keep)
                                    : misuse("MinP", "min_p", "0 <= min_p <= 1", double(min_p));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (min_p_ > 0) {
      detail::keep_above(candidates, candidates.maximum() + log_min_p_, options_);
    }
  }

  void describe(auto& tell) const {
    tell("min_p", "min_p", min_p_).option("min_keep", options_.min_keep, 1);
  }

 private:
  P min_p_;
  double log_min_p_;
  MinKeep options_;
};

template <std::integral I>
MinP(I, MinKeep = {}) -> MinP<float>;

static_assert(Processor<MinP<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
