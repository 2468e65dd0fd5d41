// SPDX-License-Identifier: MIT
// TokenMap: a value for each of a few tokens, close together in memory; O(1) a token.
#pragma once

#include <logitkit/core/token.hpp>

#include <cstddef>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Open addressing, at most half full, over entries that lie in one piece in the order in which
/// they came; one that is erased gives its place to the last. A value.
template <class V>
class TokenMap {
 public:
  struct Entry {
    Token token;
    V value;
  };

  /// The value of a token, V() if it is new. Amortised O(1).
  V& operator[](Token token) {
    if (2 * (entries_.size() + 1) > slots_.size()) grow();
    std::uint32_t& entry = slots_[slot_of(token)];
    if (entry == kNone) {
      entry = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back({token, V()});
    }
    return entries_[entry].value;
  }

  /// Takes out a token, if it is there. O(1).
  void erase(Token token) {
    if (entries_.empty()) return;
    std::size_t hole = slot_of(token);
    const std::uint32_t entry = slots_[hole];
    if (entry == kNone) return;
    slots_[slot_of(entries_.back().token)] = entry;
    entries_[entry] = entries_.back();
    const std::size_t last = slots_.size() - 1;
    for (std::size_t at = (hole + 1) & last; slots_[at] != kNone; at = (at + 1) & last) {
      const std::size_t home = home_of(entries_[slots_[at]].token);
      if (((at - home) & last) < ((at - hole) & last)) continue;  // it would be before its home
      slots_[hole] = slots_[at];
      hole = at;
    }
    slots_[hole] = kNone;
    entries_.pop_back();
  }

  /// O(size); keeps the memory.
  void clear() {
    while (!entries_.empty()) erase(entries_.back().token);
  }

  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  /// Where the search for a token begins; the number of slots is a power of two.
  [[nodiscard]] std::size_t home_of(Token token) const {
    return (static_cast<std::uint32_t>(token) * 0x9e3779b1u >> 7) & (slots_.size() - 1);
  }
  /// The slot that holds a token, or the empty one where it would go.
  [[nodiscard]] std::size_t slot_of(Token token) const {
    const std::size_t last = slots_.size() - 1;
    std::size_t at = home_of(token);
    while (slots_[at] != kNone && entries_[slots_[at]].token != token) at = (at + 1) & last;
    return at;
  }
  void grow() {
    slots_.assign(slots_.empty() ? 16 : 2 * slots_.size(), kNone);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) slots_[slot_of(entries_[i].token)] = i;
  }

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> slots_;  // index into entries_, or kNone
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
