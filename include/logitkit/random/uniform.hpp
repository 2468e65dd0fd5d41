// SPDX-License-Identifier: MIT
// Uniform numbers from random bits, with their intervals stated exactly.
#pragma once

#include <logitkit/version.hpp>

#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI {

/// In [0, 1): the upper 53 bits times 2^-53. Smallest 0, largest 1 - 2^-53; every value is exact.
[[nodiscard]] constexpr double uniform(std::uint64_t bits) noexcept {
  return static_cast<double>(bits >> 11) * 0x1p-53;
}

/// In (0, 1): the midpoints of 2^52 equal cells. Smallest 2^-53, largest 1 - 2^-53; never 0, so
/// that its logarithm is finite.
[[nodiscard]] constexpr double open_uniform(std::uint64_t bits) noexcept {
  return static_cast<double>((bits >> 12 << 1) | 1) * 0x1p-53;
}

}  // namespace logitkit::inline LOGITKIT_ABI
