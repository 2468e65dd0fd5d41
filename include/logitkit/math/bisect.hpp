// SPDX-License-Identifier: MIT
// Selection by rank and by mass without a sort: the key at which a count or a mass is reached.
//
// A number's key (see order.hpp) is an integer, so the key looked for is found by halving an
// interval of integers. Each step counts, or adds up, all keys above the middle: a loop that has no
// branch to mispredict and runs in the widest vectors of the machine. What lies outside of the
// interval is left out every few steps, so that the cost is linear in the number of keys.
#pragma once

#include <logitkit/math/kernels.hpp>
#include <logitkit/math/mass.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>  // std::midpoint
#include <span>

namespace logitkit::inline LOGITKIT_ABI::math {

/// How many of the keys are at least `bound`.
template <class Key>
[[nodiscard]] std::size_t count_at_least(std::span<const Key> keys, Key bound) {
  if constexpr (sizeof(Key) == 4) {
    return kernels().count_at_least(keys.data(), keys.size(), bound);
  } else {
    return static_cast<std::size_t>(
        std::count_if(keys.begin(), keys.end(), [bound](Key key) { return key >= bound; }));
  }
}

/// What the keys that are at least `bound` weigh together.
template <class Key>
[[nodiscard]] Mass mass_at_least(std::span<const Key> keys, const std::uint64_t* weights,
                                 Key bound) {
  if constexpr (sizeof(Key) == 4) {
    return kernels().mass_at_least(keys.data(), weights, keys.size(), bound);
  } else {
    Mass mass;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (keys[i] >= bound) mass += weights[i];
    }
    return mass;
  }
}

/// Moves the keys from `low` to `high`, and their weights, to the front, in their order; returns
/// how many. Keys of 32 bits need no weights: null.
template <class Key>
[[nodiscard]] std::size_t keep_between(std::span<Key> keys, std::uint64_t* weights, Key low,
                                       Key high) {
  if constexpr (sizeof(Key) == 4) {
    return kernels().keep_between(keys.data(), weights, keys.size(), low, high);
  } else {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const Key key = keys[i];
      keys[kept] = key, weights[kept] = weights[i];
      kept += key >= low && key <= high;
    }
    return kept;
  }
}

/// The smallest key of at least one.
template <class Key>
[[nodiscard]] Key least(std::span<const Key> keys) {
  if constexpr (sizeof(Key) == 4) {
    return kernels().least(keys.data(), keys.size());
  } else {
    return *std::min_element(keys.begin(), keys.end());
  }
}

/// An interval that is known to hold the key looked for: the narrower, the fewer steps.
template <class Key>
struct Interval {
  Key low = std::numeric_limits<Key>::min();
  Key high = std::numeric_limits<Key>::max();
};

/// A key that exactly k keys reach or, where ties leave none, the k-th largest: more keys reach it,
/// fewer are larger. Needs 1 <= k <= keys.size(), no key above within.high. Overwrites the list.
template <class Key>
[[nodiscard]] Key rank_bound(std::span<Key> keys, std::size_t k, Interval<Key> within = {}) {
  if constexpr (sizeof(Key) == 8) {
    const auto kth = keys.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::nth_element(keys.begin(), kth, keys.end(), std::greater<>{});
    return *kth;
  } else {
    constexpr std::size_t kFew = 512;  // reading them all again costs less than moving them
    if (keys.size() <= kFew) {
      return kernels().rank_bound(keys.data(), keys.size(), k, within.low, within.high);
    }
    Key low = std::max(within.low, least<Key>(keys)), high = within.high;
    std::size_t size = keys.size(), above = 0, left_out = 0;  // above `high`, and not in the list
    for (int step = 1; low < high; ++step) {
      const Key middle = static_cast<Key>(std::midpoint(low, high) + 1);
      const std::size_t count = left_out + count_at_least<Key>(keys.first(size), middle);
      if (count == k) return middle;
      if (count > k) {
        low = middle;
      } else {
        high = static_cast<Key>(middle - 1);
        above = count;
      }
      if (step % 4 != 0) continue;
      size = keep_between<Key>(keys.first(size), nullptr, low, high);
      left_out = above;
    }
    return low;
  }
}

/// Where a mass is reached: the last key that is needed, from the largest down.
template <class Key>
struct Reached {
  Key key;
  Mass before;           ///< the mass ahead of it
  std::uint64_t weight;  ///< of each of its equals, which are `equals` in all
  std::size_t equals;
};

/// The largest key such that `before` and the mass of all keys that are at least as large reach
/// `target`. Needs before < target <= before + the mass of all, and no key above within.high.
/// Overwrites both lists: in front are then the weights of the equals, in their order.
template <class Key>
[[nodiscard]] Reached<Key> reach(std::span<Key> keys, std::uint64_t* weights, Mass before,
                                 double target, Interval<Key> within = {}) {
  const Key smallest = least<Key>(keys);
  Key low = std::max(within.low, smallest), high = within.high;
  if (smallest == high || count_at_least<Key>(keys, smallest + 1) == 0) {  // all are equal
    return {smallest, before, weights[0], keys.size()};
  }
  std::size_t size = keys.size();
  Mass counted = before;  // of `before`, what is no longer in the list
  const auto leave_out = [&] {
    size = keep_between<Key>(keys.first(size), weights, low, high);
    counted = before;
  };
  for (int step = 1; low < high; ++step) {
    const Key middle = static_cast<Key>(std::midpoint(low, high) + 1);
    Mass mass = mass_at_least<Key>(keys.first(size), weights, middle);
    mass += counted;
    if (mass.to_double() < target) {
      high = static_cast<Key>(middle - 1);
      before = mass;
    } else {
      low = middle;
    }
    if (step % 4 != 0) continue;
    leave_out();
    if (size == 1) low = high = keys[0];
  }
  leave_out();
  return {low, before, weights[0], size};
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
