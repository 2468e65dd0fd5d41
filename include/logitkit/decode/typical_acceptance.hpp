// SPDX-License-Identifier: MIT
// TypicalAcceptance: takes every draft token that is not improbable. Lossy: it changes the
// distribution, towards what the drafter likes.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/decode/verdict.hpp>
#include <logitkit/math/exponential.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Takes a draft token x iff p(x) > min(epsilon, delta exp(-H)), H the entropy of the target's
/// distribution p in nats; the first that is not taken is replaced by a draw from p. How the draft
/// was drawn does not matter, and no test is by chance. epsilon and delta in [0, 1].
/// See Verdict for what it is called with. Cost: a logarithm for each token of p.
/// Source: Cai et al. 2024, "Medusa", section 3.2.1.
class TypicalAcceptance {
 public:
  explicit TypicalAcceptance(double epsilon = 0.09, double delta = 0.3)
      : epsilon_(epsilon), delta_(delta) {
    require(check(epsilon, delta));
  }

  [[nodiscard]] static std::string check(double epsilon, double delta) {
    if (!(epsilon >= 0 && epsilon <= 1)) {
      return misuse("TypicalAcceptance", "epsilon", "0 <= epsilon <= 1", epsilon);
    }
    if (delta >= 0 && delta <= 1) return {};
    return misuse("TypicalAcceptance", "delta", "0 <= delta <= 1", delta);
  }

  [[nodiscard]] Verdict operator()(const auto& target, const Draft& draft, const auto&,
                                   const auto& next) const {
    for (std::size_t i = 0;; ++i) {
      const Probabilities& p = target(i);
      const bool takes = i < draft.size() && p[draft.tokens[i]] > threshold(p);
      if (!takes) return {i, detail::draw(p, next(i))};
    }
  }

 private:
  [[nodiscard]] double threshold(const Probabilities& p) const {
    double entropy = 0;
    for (const double value : p.values()) entropy = std::fma(-value, math::log(value), entropy);
    return std::min(epsilon_, delta_ * math::exp(-entropy));
  }

  double epsilon_, delta_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
