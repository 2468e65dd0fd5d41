// SPDX-License-Identifier: MIT
// The first pass over a whole row, and often the only one: the maximum of every tile of 64 scores.
//
// Everything later is found through the tiles: the best token is in the first tile that holds the
// maximum; k tiles with a maximum >= t hold k scores >= t, so the k-th largest tile maximum bounds
// the k-th largest score from below, and tiles below a bound are never looked at again.
#pragma once

#include <logitkit/math/exponential.hpp>
#include <logitkit/math/kernels.hpp>
#include <logitkit/math/order.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace logitkit::inline LOGITKIT_ABI::math {

[[nodiscard]] constexpr std::size_t tile_count(std::size_t size) noexcept {
  return (size + kTile - 1) / kTile;
}

/// In how many of `count` tiles the k largest of all numbers should lie, and a few more of them to
/// be sure, if they lie anywhere: at most k; k where they should lie in nearly all.
[[nodiscard]] inline std::size_t likely_tiles(std::size_t k, std::size_t count) {
  // Where each holds several, few hold none of them, by which the others are told.
  const double spare = (3 + double(k) / double(count)) * std::sqrt(double(k));
  const double each = (double(k) + spare) / double(count);
  if (each > 2.75) return k;
  return std::min(k, static_cast<std::size_t>(double(count) * (1 - exp(-each))) + 1);
}

/// Writes each tile's largest key to `tiles`, for double rows of doubles, else of floats, and
/// returns whether the row is free of NaN. With a mask, one bit a token from the least significant
/// of a word on, only what is allowed counts; NaN does wherever it is. Cost: one read of the row.
template <class Scalar, class Key>
[[nodiscard]] bool scan(const Scalar* row, std::size_t size, const std::uint64_t* allowed,
                        Key* tiles) {
  return kernels().rows<Scalar>().scan(row, size, allowed, tiles);
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
