// SPDX-License-Identifier: MIT
// SpeculativePhilox: the random numbers of speculative decoding, three streams from one seed.
#pragma once

#include <logitkit/random/philox_decider.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Called with a position it gives the numbers of RandomDecoder, for the tokens that the model
/// draws. Drafts and tests have numbers of their round: where a draft is cut short, the next round
/// drafts the same positions again and needs others. A round is named by the position at which it
/// begins; each commits at least one token, so that no two have the same name.
class SpeculativePhilox : public PhiloxDecider {
 public:
  using PhiloxDecider::PhiloxDecider;

  /// What the drafter draws with, by position.
  [[nodiscard]] constexpr PhiloxDecider drafts(std::uint64_t round) const noexcept {
    return PhiloxDecider(more_bits(round), 0);
  }
  /// What decides about draft token i, by i.
  [[nodiscard]] constexpr PhiloxDecider tests(std::uint64_t round) const noexcept {
    return PhiloxDecider(more_bits(round), 1);
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
