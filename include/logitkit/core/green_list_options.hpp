// SPDX-License-Identifier: MIT
// GreenListOptions: what GreenListWatermark and GreenListDetector must agree on.
#pragma once

#include <logitkit/core/error.hpp>

#include <cstddef>
#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI {

/// What the colour of a token depends on. Hugging Face's `seeding_scheme`.
enum class GreenSeeding : std::uint8_t {
  left_hash,  ///< the token before
  self_hash,  ///< the tokens before and the token itself: each token has a list of its own
};

struct GreenListOptions {
  std::size_t vocabulary = 0;    ///< how many tokens the model has, 1 to 2^24
  double ratio = 0.25;           ///< how much of it is green, in (0, 1), one token at least
  std::uint32_t key = 15485863;  ///< the secret that generation and detection share
  GreenSeeding seeding = GreenSeeding::left_hash;
  /// `context_width`, >= 1: how many tokens, the token itself included, make the seed of self_hash;
  /// there is no watermark before so many have come.
  std::size_t context = 1;

  [[nodiscard]] std::string check() const {
    if (vocabulary < 1 || vocabulary > (1u << 24)) {
      return misuse("GreenListOptions", "vocabulary", "1 <= vocabulary <= 2^24",
                    double(vocabulary));
    }
    if (!(ratio > 0 && ratio < 1)) {
      return misuse("GreenListOptions", "ratio", "0 < ratio < 1", ratio);
    }
    const double green = double(vocabulary) * ratio;
    if (green < 1) return misuse("GreenListOptions", "ratio", "ratio * vocabulary >= 1", ratio);
    if (context < 1) {
      return misuse("GreenListOptions", "context", "context >= 1", double(context));
    }
    return {};
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
