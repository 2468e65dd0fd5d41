// SPDX-License-Identifier: MIT
// Many entries in order, best first, in time linear in their number.
#pragma once

#include <logitkit/math/order.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace logitkit::inline LOGITKIT_ABI::math {

/// Copies entries, {token, value}, to `out` by kBits bits of the values' keys from `shift` on, the
/// larger first; those that agree in these bits in the order in which they come. Values are of S,
/// whatever holds them.
template <class S, int kBits, class In, class Out>
void distribute(std::span<const In> entries, int shift, Out* out) {
  using Bits = std::make_unsigned_t<OrderKey<S>>;
  constexpr Bits kPositive = static_cast<Bits>(~Bits{0}) >> 1, kMask = (Bits{1} << kBits) - 1;
  const auto digit = [=](double value) {  // of a number that is larger for a smaller value
    const auto key = static_cast<Bits>(order_key(narrow<S>(value)));
    return static_cast<std::size_t>((key ^ kPositive) >> shift & kMask);
  };
  std::array<std::size_t, std::size_t{1} << kBits> places{};
  for (const auto& [token, value] : entries) ++places[digit(widen(value))];
  std::size_t next = 0;
  for (std::size_t& place : places) next += std::exchange(place, next);
  for (const auto& [token, value] : entries) {
    auto& [own_token, own_value] = out[places[digit(widen(value))]++];
    own_token = token;
    own_value = narrow<decltype(own_value)>(widen(value));
  }
}

/// Copies entries that are in ascending order of tokens to `sorted`, which has as much room and may
/// hold the values as doubles, in the order of math::Better. Overwrites `entries`. By one digit of
/// the keys after another, from the last, to and fro between the lists: no comparisons. Faster than
/// with them from some thousand entries on. Source: Knuth, "The art of computer programming",
/// volume 3, 5.2.5, algorithm R.
template <class S, class Entry, class Out>
void radix_sort(std::span<Entry> entries, Out* sorted) {
  constexpr int kKey = sizeof(S) * 8, kBits = sizeof(S) == 4 ? 11 : 10;  // an odd number of digits
  const std::span<const Out> other(sorted, entries.size());
  distribute<S, kBits>(std::span<const Entry>(entries), 0, sorted);
  for (int shift = kBits; shift < kKey; shift += 2 * kBits) {
    distribute<S, kBits>(other, shift, entries.data());
    distribute<S, kBits>(std::span<const Entry>(entries), shift + kBits, sorted);
  }
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
