// SPDX-License-Identifier: MIT
// TopA: keeps the tokens whose probability is at least a part of the square of the best one's.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps a token iff probability >= a * (largest probability)^2: the surer the model, the fewer.
/// a in [0, 1]; 0 keeps all. All ties stay, and so does the best. An all-banned row stays empty.
/// Cost: O(V) exponentials before narrowing, O(survivors) after.
/// Source: KoboldAI, "Top A sampling" (2022), a fork of BlinkDL's RWKV-LM.
template <std::floating_point P = float>
class TopA {
 public:
  explicit TopA(P a) : a_(a), log_a_(check(a).empty() ? math::log(double(a)) : 0) {
    require(check(a));
  }

  [[nodiscard]] static std::string check(P a) {
    return a >= 0 && a <= 1 ? std::string() : misuse("TopA", "a", "0 <= a <= 1", double(a));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (a_ == 0 || candidates.status() != Status::ok) return;
    // ln p >= ln a + 2 ln p_best, as a distance from the best.
    const double distance = log_a_ + candidates.log_probability(candidates.best());
    candidates.keep_above(candidates.maximum() + distance);
  }

  void describe(auto& tell) const { tell("top_a", "a", a_); }

 private:
  P a_;
  double log_a_;
};

template <std::integral I>
TopA(I) -> TopA<float>;

static_assert(Processor<TopA<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
