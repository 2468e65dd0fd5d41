// SPDX-License-Identifier: MIT
// AdaptiveP: prefers tokens whose probability is near a target that follows what was generated.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/process/detail/steered.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score' = 5 - 10 d^2 / (1 + d), where d = |probability - t| / 0.3 and t = 2 target - mean, cut to
/// [0, 1]. `mean` begins at `target`; an accepted token that had the probability p before this
/// processor takes it to decay mean + (1 - decay) p. A token that could not come, or of which no
/// row was seen (`decoder.next` with generated tokens in its context), leaves it as it is.
/// target in [0, 1]; decay in [0, 0.99], 0 looks at the last token alone. Replaces all scores, so
/// it belongs last, before the draw, and after a truncation: nothing in it keeps nonsense out.
/// Banned stays banned; an all-banned row stays empty. State: see detail::Steered; one object
/// serves one thread at a time. Cost: O(size), an exponential and 16 bytes of memory each.
/// Source: llama.cpp pull request 17927.
template <std::floating_point P = float>
class AdaptiveP {
 public:
  explicit AdaptiveP(P target, P decay = P(0.9))
      : target_(double(target)), decay_(double(decay)), mean_(double(target)) {
    require(check(target, decay));
  }

  [[nodiscard]] static std::string check(P target, P decay = P(0.9)) {
    if (!(target >= 0 && target <= 1)) {
      return misuse("AdaptiveP", "target", "0 <= target <= 1", double(target));
    }
    return decay >= 0 && decay <= P(0.99)
               ? std::string()
               : misuse("AdaptiveP", "decay", "0 <= decay <= 0.99", double(decay));
  }

  /// What is aimed at now.
  [[nodiscard]] double adapted_target() const {
    return std::clamp(2 * target_ - mean_.value(), 0.0, 1.0);
  }

  void accept(Token token) {
    mean_.accept(token, [this](double mean, double probability) {
      return std::fma(1 - decay_, probability - mean, mean);
    });
  }
  void recall(const AdaptiveP& before) { mean_.recall(before.mean_); }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    mean_.begin_row(candidates.vocabulary());
    if (candidates.status_and_mass() != Status::ok) return;
    const double total = candidates.log_sum_exp(), aim = adapted_target();
    candidates.transform([&](Token token, double score) {
      const double probability = math::exp(score - total);
      mean_.observe(token, probability);
      const double d = std::abs(probability - aim) / 0.3;
      return std::fma(-10, d * d / (1 + d), 5);
    });
  }

  void describe(auto& tell) const { tell("adaptive_p", "target", target_, "decay", decay_); }

 private:
  double target_, decay_;
  detail::Steered mean_;
};

template <std::integral I>
AdaptiveP(I) -> AdaptiveP<float>;

static_assert(AcceptingProcessor<AdaptiveP<>> && RecallingProcessor<AdaptiveP<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
