// SPDX-License-Identifier: MIT
// PlainBeams: the policy of beam search proper: the extensions of the largest sums live on.
#pragma once

#include <logitkit/decode/beam_policy.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Of all one-token extensions the best K = max(2, 1 + end tokens) * beams compete, by the sum of
/// log-probabilities; equal sums: the lower token, then the lower beam. The last token of a stop
/// sequence counts as an end token.
class PlainBeams : public BeamPolicy {
 public:
  struct State {};
  [[nodiscard]] State root() const { return {}; }

  void prepare(const BeamOptions& options, const Limits& limits, std::size_t vocabulary) {
    competitors_ = detail::competitors(options, limits);
    best_.reserve(std::min(competitors_, options.beams * vocabulary));
  }
  void restart() { best_.restart(competitors_); }

  template <std::floating_point S>
  void extend(Candidates<S>& candidates, const auto& parent) {
    detail::for_each_extension(
        candidates, competitors_, parent.sum, best_,
        [&](Token token, double sum) { best_.offer({sum, sum, token, parent.row}); });
  }

  [[nodiscard]] std::span<Extension> best_first() { return best_.best_first(); }

  [[nodiscard]] std::size_t keep(std::span<Extension> alive, std::size_t beams,
                                 const FinishedBeams&) const {
    return std::min(alive.size(), beams);
  }

 protected:  // for variants
  std::size_t competitors_ = 0;
  BestExtensions best_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
