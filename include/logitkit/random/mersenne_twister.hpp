// SPDX-License-Identifier: MIT
// MersenneTwister: the numbers of std::mt19937, without the rest of <random>.
#pragma once

#include <logitkit/version.hpp>

#include <cstddef>
#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI {

/// For watermarks that others have defined by it; this library's own choices come from Philox.
/// 2.5 kB of state, O(1) a number amortised. Source: Matsumoto, Nishimura 1998, "Mersenne twister:
/// a 623-dimensionally equidistributed uniform pseudo-random number generator", with the seeding of
/// their version of 2002, as in [rand.predef].
class MersenneTwister {
 public:
  explicit MersenneTwister(std::uint32_t seed) {
    for (std::uint32_t i = 0; i < kSize; ++i) {
      state_[i] = seed;
      seed = 1812433253u * (seed ^ seed >> 30) + i + 1;
    }
  }

  /// 32 random bits.
  [[nodiscard]] std::uint32_t operator()() {
    if (next_ == kSize) twist();
    std::uint32_t x = state_[next_++];
    x ^= x >> 11;
    x ^= x << 7 & 0x9d2c5680u;
    x ^= x << 15 & 0xefc60000u;
    return x ^ x >> 18;
  }

 private:
  static constexpr std::size_t kSize = 624, kMiddle = 397;

  /// The next kSize numbers before they are tempered.
  void twist() {
    const auto mixed = [this](std::size_t i, std::size_t after, std::size_t middle) {
      const std::uint32_t bits = (state_[i] & 0x80000000u) | (state_[after] & 0x7fffffffu);
      state_[i] = state_[middle] ^ bits >> 1 ^ (bits % 2 != 0 ? 0x9908b0dfu : 0);
    };
    for (std::size_t i = 0; i < kSize - kMiddle; ++i) mixed(i, i + 1, i + kMiddle);
    for (std::size_t i = kSize - kMiddle; i + 1 < kSize; ++i) mixed(i, i + 1, i + kMiddle - kSize);
    mixed(kSize - 1, 0, kMiddle - 1);
    next_ = 0;
  }

  std::uint32_t state_[kSize];
  std::size_t next_ = kSize;
};

}  // namespace logitkit::inline LOGITKIT_ABI
