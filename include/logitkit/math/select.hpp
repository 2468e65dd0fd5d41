// SPDX-License-Identifier: MIT
// Entries and their order, and the k best of them in time linear in their number.
//
// The one order: larger value first, and among equal values (-0 equals +0) the lower token.
#pragma once

#include <logitkit/math/order.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace logitkit::inline LOGITKIT_ABI::math {

/// A token and the number that it is ordered by.
template <class S>
struct Entry {
  std::int32_t token;
  S value;
};

/// Whether entry a = {token, value} comes before b.
struct Better {
  template <class Entry>
  [[nodiscard]] constexpr bool operator()(const Entry& a, const Entry& b) const noexcept {
    const auto key_a = order_key(a.value), key_b = order_key(b.value);
    return key_a > key_b || (key_a == key_b && a.token < b.token);
  }
};

/// Reorders so that the k best entries come first, in any order; entries[k-1] is the last of them.
/// Needs 1 <= k <= entries.size(). Expected cost: linear.
template <class Entry>
void select_best(std::span<Entry> entries, std::size_t k) {
  std::nth_element(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(k - 1),
                   entries.end(), Better{});
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
