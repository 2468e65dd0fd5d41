// SPDX-License-Identifier: MIT
// NgramIndex: which tokens have followed which n - 1 tokens, kept up to date token by token.
#pragma once

#include <logitkit/core/token.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Where each run of `length` tokens of a text starts: open addressing, at most half full. The
/// tokens stay where they are and are compared, so that a hash decides nothing.
class GramTable {
 public:
  static constexpr std::uint32_t kNone = 0xffffffffu;

  explicit GramTable(std::size_t length) : length_(length) {}

  /// Where a run equal to the one at `gram` starts, kNone if there is none.
  [[nodiscard]] std::uint32_t find(std::span<const Token> text, const Token* gram) const {
    return slots_.empty() ? kNone : slots_[slot_of(text, gram)];
  }

  /// Puts the run that starts at `start` in the place of its equal; returns where that started.
  std::uint32_t put(std::span<const Token> text, std::uint32_t start) {
    if (2 * (size_ + 1) > slots_.size()) grow(text);
    std::uint32_t& slot = slots_[slot_of(text, text.data() + start)];
    const std::uint32_t former = slot;
    size_ += former == kNone;
    slot = start;
    return former;
  }

 private:
  [[nodiscard]] std::size_t slot_of(std::span<const Token> text, const Token* gram) const {
    std::uint64_t hash = 0;
    for (std::size_t i = 0; i < length_; ++i) {
      hash = (hash ^ static_cast<std::uint32_t>(gram[i])) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 32;
    }
    const std::size_t last = slots_.size() - 1;  // the size is a power of two
    for (std::size_t at = hash & last;; at = (at + 1) & last) {
      if (slots_[at] == kNone) return at;
      const Token* const other = text.data() + slots_[at];
      if (std::equal(gram, gram + length_, other)) return at;
    }
  }
  void grow(std::span<const Token> text) {
    std::vector<std::uint32_t> old(slots_.empty() ? 16 : 2 * slots_.size(), kNone);
    old.swap(slots_);
    for (const std::uint32_t start : old) {
      if (start != kNone) slots_[slot_of(text, text.data() + start)] = start;
    }
  }

  std::size_t length_;
  std::size_t size_ = 0;
  std::vector<std::uint32_t> slots_;  // where a run starts, or kNone
};

/// The n-grams of a text, n >= 1. A value. Cost: `append` O(n) amortised, however long the text;
/// `for_each_next` O(n + tokens told). Memory: some 30 bytes a token of the text.
class NgramIndex {
 public:
  explicit NgramIndex(std::size_t n) : n_(n), ngrams_(n), prefixes_(n - 1) {}

  void append(Token token) {
    text_.push_back(token);
    earlier_.push_back(GramTable::kNone);
    if (text_.size() < n_) return;
    const auto start = static_cast<std::uint32_t>(text_.size() - n_);
    if (ngrams_.put(text_, start) != GramTable::kNone) return;  // each next token is told once
    earlier_[start] = prefixes_.put(text_, start);
  }

  [[nodiscard]] std::size_t n() const { return n_; }
  [[nodiscard]] std::span<const Token> text() const { return text_; }

  /// Calls f(token) once for each distinct token that follows the last n - 1 tokens of `context`
  /// somewhere in the text. A context of fewer tokens has none that do.
  template <class F>
  void for_each_next(std::span<const Token> context, const F& f) const {
    if (context.size() < n_ - 1) return;
    const Token* const prefix = context.data() + (context.size() - (n_ - 1));
    for (auto at = prefixes_.find(text_, prefix); at != GramTable::kNone; at = earlier_[at]) {
      f(text_[at + n_ - 1]);
    }
  }

 private:
  std::size_t n_;
  std::vector<Token> text_;
  std::vector<std::uint32_t> earlier_;  // where the same n - 1 tokens have another after them
  GramTable ngrams_;                    // every distinct n-gram
  GramTable prefixes_;                  // the last n-gram with these first n - 1 tokens
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
