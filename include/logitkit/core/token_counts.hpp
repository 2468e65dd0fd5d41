// SPDX-License-Identifier: MIT
// TokenCounts: how often each token has occurred, for the penalties; O(1) a token.
#pragma once

#include <logitkit/core/detail/token_map.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// A bag of tokens: `for (auto [token, count] : counts)` sees each distinct one once, count >= 1,
/// in order of first occurrence until something is taken out. A value.
class TokenCounts {
 public:
  /// Counts one occurrence. Amortised O(1).
  void add(Token token) { ++counts_[token]; }

  /// Takes back one occurrence of a token that has been counted; with the last of them it is gone,
  /// not left behind with a count of 0. O(1).
  void remove(Token token) {
    if (--counts_[token] == 0) counts_.erase(token);
  }

  /// Forgets all; keeps the memory.
  void clear() { counts_.clear(); }

  [[nodiscard]] auto begin() const { return counts_.begin(); }
  [[nodiscard]] auto end() const { return counts_.end(); }
  [[nodiscard]] std::size_t size() const { return counts_.size(); }

 private:
  detail::TokenMap<std::uint32_t> counts_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
