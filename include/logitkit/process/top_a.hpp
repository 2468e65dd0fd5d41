// SPDX-License-Identifier: MIT
// TopA: keeps the tokens whose probability is at least a part of the square of the best one's.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/min_keep.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps a token iff probability >= a * (largest probability)^2: the surer the model, the fewer.
/// a in [0, 1]; 0 keeps all. The min_keep best stay in any case, with all equals of the last of
/// them: the best and its equals by default. All ties stay. An all-banned row stays empty.
/// Cost: O(V) exponentials before narrowing, O(survivors) after.
/// Source: BlinkDL 2021, "The top-a sampling method", in RWKV-LM.
template <std::floating_point P = float>
class TopA {
 public:
  explicit TopA(P a, const MinKeep& options = {})
      : a_((require(check(a, options)), a)), log_a_(math::log(double(a))), options_(options) {}

  [[nodiscard]] static std::string check(P a, const MinKeep& options = {}) {
    return a >= 0 && a <= 1 ? detail::check_min_keep("TopA", options.min_keep)
                            : misuse("TopA", "a", "0 <= a <= 1", double(a));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (a_ == 0 || candidates.status_and_mass() != Status::ok) return;
    // ln p >= ln a + 2 ln p_best, as a distance from the best.
    const double distance = log_a_ + candidates.log_probability(candidates.best());
    detail::keep_above(candidates, candidates.maximum() + distance, options_);
  }

  void describe(auto& tell) const {
    tell("top_a", "a", a_).option("min_keep", options_.min_keep, 1);
  }

 private:
  P a_;
  double log_a_;
  MinKeep options_;
};

template <std::integral I>
TopA(I, MinKeep = {}) -> TopA<float>;

static_assert(Processor<TopA<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
