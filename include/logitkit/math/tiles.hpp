// SPDX-License-Identifier: MIT
// The first and only pass over a whole row: the maximum of every tile of 64 scores.
//
// Everything later is found through the tiles: the best token is in the first tile that holds the
// maximum; k tiles with a maximum >= t hold k scores >= t, so the k-th largest tile maximum bounds
// the k-th largest score from below, and tiles below a bound are never looked at again.
#pragma once

#include <logitkit/math/order.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

namespace logitkit::inline LOGITKIT_ABI::math {

inline constexpr std::size_t kTile = 64;

[[nodiscard]] constexpr std::size_t tile_count(std::size_t size) noexcept {
  return (size + kTile - 1) / kTile;
}

/// The key of -inf, which is how a banned token is written: the smallest key of a number.
template <std::floating_point S>
inline constexpr OrderKey<S> kBannedKey = order_key(-std::numeric_limits<S>::infinity());

/// Writes each tile's largest key to `tiles` and returns whether the row is free of NaN.
/// `at(i)` is the i-th score of the row, 0 <= i < size, as an S. Cost: one read of the row.
template <std::floating_point S, class At>
[[nodiscard]] bool find_tile_maxima(std::size_t size, const At& at, OrderKey<S>* tiles) {
  constexpr OrderKey<S> kInfinity = order_key(std::numeric_limits<S>::infinity());
  OrderKey<S> smallest = kInfinity, largest = kBannedKey<S>;
  for (std::size_t begin = 0; begin < size; begin += kTile) {
    const std::size_t end = std::min(size, begin + kTile);
    OrderKey<S> best = order_key<S>(at(begin));
    for (std::size_t i = begin; i < end; ++i) {
      const OrderKey<S> key = order_key<S>(at(i));
      best = std::max(best, key);
      smallest = std::min(smallest, key);
    }
    *tiles++ = best;
    largest = std::max(largest, best);
  }
  return smallest >= kBannedKey<S> && largest <= kInfinity;  // NaN lies outside at both ends
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
