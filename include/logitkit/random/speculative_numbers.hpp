// SPDX-License-Identifier: MIT
// SpeculativeNumbers: the random numbers of speculative decoding, three streams from one seed.
#pragma once

#include <logitkit/random/decider.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// By itself it is the decider of the tokens that the model draws, by position: RandomDecoder's.
/// A round is named by the position at which it begins. Each commits a token at least, so no two
/// begin at the same one, and the numbers of a round's drafts and tests come in no other: those
/// behind what was taken of a draft have been used, and the same position is drafted once more.
class SpeculativeNumbers : public PhiloxDecider {
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
