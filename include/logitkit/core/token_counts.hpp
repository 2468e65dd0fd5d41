// SPDX-License-Identifier: MIT
// TokenCounts: how often each token has occurred, for the penalties; O(1) a token.
#pragma once

#include <logitkit/core/token.hpp>

#include <cstddef>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// A bag of tokens: counts for the distinct ones, in order of first occurrence. A value.
class TokenCounts {
 public:
  struct Entry {
    Token token;
    std::uint32_t count;
  };

  /// Counts one occurrence. Amortised O(1): open addressing, at most half full.
  void add(Token token) {
    if (2 * (entries_.size() + 1) > slots_.size()) grow();
    std::uint32_t& slot = slot_of(token);
    if (slot == kEmpty) {
      slot = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back({token, 1});
    } else {
      ++entries_[slot].count;
    }
  }

  [[nodiscard]] auto begin() const { return entries_.begin(); }
  [[nodiscard]] auto end() const { return entries_.end(); }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  static constexpr std::uint32_t kEmpty = 0xffffffffu;

  std::uint32_t& slot_of(Token token) {
    const std::size_t last = slots_.size() - 1;  // the size is a power of two
    std::size_t at = (static_cast<std::uint32_t>(token) * 0x9e3779b1u >> 7) & last;
    while (slots_[at] != kEmpty && entries_[slots_[at]].token != token) at = (at + 1) & last;
    return slots_[at];
  }

  void grow() {
    slots_.assign(slots_.empty() ? 16 : 2 * slots_.size(), kEmpty);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) slot_of(entries_[i].token) = i;
  }

  std::vector<Entry> entries_;        // in order of first occurrence
  std::vector<std::uint32_t> slots_;  // index into entries_, or kEmpty
};

}  // namespace logitkit::inline LOGITKIT_ABI
