// SPDX-License-Identifier: MIT
// Selection by rank and by mass among entries, in time linear in their number, without a sort.
//
// The one order: larger score first, and among equal scores (-0 equals +0) the lower token.
#pragma once

#include <logitkit/math/mass.hpp>
#include <logitkit/math/order.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <span>

namespace logitkit::inline LOGITKIT_ABI::math {

/// A token and a number of it, as lists of survivors hold them.
template <class S>
struct Entry {
  std::int32_t token;
  S score;
};

/// An entry and what it weighs.
template <class S>
struct WeighedEntry {
  std::int32_t token;
  S score;
  std::uint64_t weight;
};

/// Whether entry a = {token, score} comes before b.
struct Better {
  template <class Entry>
  [[nodiscard]] constexpr bool operator()(const Entry& a, const Entry& b) const noexcept {
    const auto key_a = order_key(a.score), key_b = order_key(b.score);
    return key_a > key_b || (key_a == key_b && a.token < b.token);
  }
};

/// The k-th largest of `keys`, k >= 1; reorders them.
template <class Key>
[[nodiscard]] Key kth_largest(std::span<Key> keys, std::size_t k) {
  const auto kth = keys.begin() + static_cast<std::ptrdiff_t>(k - 1);
  std::nth_element(keys.begin(), kth, keys.end(), std::greater<>{});
  return *kth;
}

/// Reorders so that the k best entries come first, in any order; entries[k-1] is the last of them.
/// Needs 1 <= k <= entries.size(). Expected cost: linear.
template <class Entry>
void select_best(std::span<Entry> entries, std::size_t k) {
  std::nth_element(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(k - 1),
                   entries.end(), Better{});
}

/// The last entry, from the best down, before which the mass is below `target`, where `before` is
/// the mass ahead of all entries (below `target`) and `weight_of(entry)` that of one. Reorders.
/// Needs at least one entry.
/// Method: halve by rank, keep the half that holds the boundary. Cost: linear on average.
template <class Entry, class WeightOf>
[[nodiscard]] Entry select_by_mass(std::span<Entry> entries, Mass before, double target,
                                   const WeightOf& weight_of) {
  constexpr std::size_t kFew = 24;
  while (entries.size() > kFew) {
    const std::size_t half = entries.size() / 2;
    select_best(entries, half + 1);
    Mass ahead_of_middle = before;
    for (const Entry& entry : entries.first(half)) ahead_of_middle += weight_of(entry);
    if (ahead_of_middle.to_double() < target) {
      before = ahead_of_middle;
      entries = entries.subspan(half);
    } else {
      entries = entries.first(half);
    }
  }
  std::sort(entries.begin(), entries.end(), Better{});
  std::size_t last = 0;
  for (; last + 1 < entries.size(); ++last) {
    before += weight_of(entries[last]);
    if (!(before.to_double() < target)) break;
  }
  return entries[last];
}

/// Mass by distance from the best score, 16 buckets an octave: finds the bucket in which a mass is
/// reached without ordering what lies ahead of it.
class MassHistogram {
 public:
  static constexpr std::size_t kBuckets = 64 * 16;

  /// `octaves` >= 0 below the best: never smaller for a larger distance.
  [[nodiscard]] static std::size_t bucket(double octaves) noexcept {
    return octaves < 63.9 ? static_cast<std::size_t>(octaves * 16) : kBuckets - 1;
  }
  void add(std::size_t bucket, std::uint64_t weight) noexcept { masses_[bucket] += weight; }

  struct Boundary {
    std::size_t bucket;
    Mass before;  ///< the mass of the buckets ahead of it
  };

  /// The last non-empty bucket ahead of which the mass is below `target`.
  [[nodiscard]] Boundary boundary(double target) const noexcept {
    Boundary result{0, {}};
    Mass before;
    for (std::size_t b = 0; b < kBuckets && before.to_double() < target; ++b) {
      if (masses_[b] == Mass{}) continue;
      result = {b, before};
      before += masses_[b];
    }
    return result;
  }

 private:
  std::array<Mass, kBuckets> masses_{};
};

}  // namespace logitkit::inline LOGITKIT_ABI::math
