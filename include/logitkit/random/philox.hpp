// SPDX-License-Identifier: MIT
// Philox4x32-10: random bits as a function of a counter and a key, with no state to carry.
#pragma once

#include <logitkit/version.hpp>

#include <array>
#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI {

/// Four 32-bit words from a 128-bit counter and a 64-bit key: a bijection of the counter for every
/// key, passing BigCrush. Words are least significant first, as in the published test vectors.
/// Cost: ten rounds of two multiplications.
/// Source: Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC '11.
[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox4x32(
    std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) noexcept {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = std::uint64_t{0xD2511F53u} * counter[0];
    const std::uint64_t product1 = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<std::uint32_t>(product0)};
    key[0] += 0x9E3779B9u;  // the golden ratio
    key[1] += 0xBB67AE85u;  // sqrt(3) - 1
  }
  return counter;
}

}  // namespace logitkit::inline LOGITKIT_ABI
