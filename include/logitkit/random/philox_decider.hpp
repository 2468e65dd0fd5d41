// SPDX-License-Identifier: MIT
// PhiloxDecider: the decider of production, a pure function of seed, stream and position.
#pragma once

#include <logitkit/random/philox.hpp>
#include <logitkit/random/uniform.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// The random number for the token at `position` (tokens before it, prompt included), in [0,1) with
/// 53 bits. It depends on seed, stream and position alone: not on the batch row, the thread, or how
/// many numbers were drawn before. Streams separate independent uses of one seed. Cost: a block of
/// Philox.
class PhiloxDecider {
 public:
  explicit constexpr PhiloxDecider(std::uint64_t seed, std::uint64_t stream = 0)
      : seed_(seed), stream_(stream) {}

  /// 64 bits, the upper 53 of which are the number.
  [[nodiscard]] constexpr std::uint64_t bits(std::uint64_t position) const noexcept {
    const auto words = this->words(position);
    return std::uint64_t{words[1]} << 32 | words[0];
  }
  /// 64 more, independent of those: a seed for whatever else the position needs.
  [[nodiscard]] constexpr std::uint64_t more_bits(std::uint64_t position) const noexcept {
    const auto words = this->words(position);
    return std::uint64_t{words[3]} << 32 | words[2];
  }
  [[nodiscard]] constexpr double operator()(std::uint64_t position) const noexcept {
    return uniform(bits(position));
  }

 private:
  [[nodiscard]] constexpr std::array<std::uint32_t, 4> words(
      std::uint64_t position) const noexcept {
    return philox4x32({low(position), high(position), low(stream_), high(stream_)},
                      {low(seed_), high(seed_)});
  }
  static constexpr std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
  static constexpr std::uint32_t high(std::uint64_t x) {
    return static_cast<std::uint32_t>(x >> 32);
  }

  std::uint64_t seed_;
  std::uint64_t stream_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
