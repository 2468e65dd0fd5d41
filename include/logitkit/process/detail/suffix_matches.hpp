// SPDX-License-Identifier: MIT
// SuffixMatches: where the end of a text has occurred before in its last tokens, and how long.
#pragma once

#include <logitkit/core/detail/token_map.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// The last `window` tokens of a text, and in them every place before the end where the last token
/// has occurred: how many tokens up to there are those at the end of the text. A value.
///
/// Two ends with the same token have one token more in common than the ends before them, so the
/// matches after one more token are its earlier occurrences, each one longer than the match that
/// ended just before it: `append`. `find_matches` makes the same list at once with the Z-algorithm
/// over the text read backwards (Gusfield 1997, "Algorithms on strings, trees, and
/// sequences", 1.4).
///
/// Cost: `append` O(occurrences in the window of the token and of the one before it), `remember`
/// O(1) amortised, `find_matches` O(window). Memory: O(min(capacity, tokens)).
class SuffixMatches {
 public:
  /// Keeps max(window, memory) tokens, the latter for `ends_with`.
  SuffixMatches(std::size_t window, std::size_t memory)
      : window_(window), capacity_(std::max({window, memory, std::size_t(1)})) {}

  /// One token more, and the matches that go with it.
  void append(Token token) {
    remember(token);
    longer_.clear();
    auto before = matches_.begin();
    for (std::size_t at = earlier_[slot(size_ - 1)]; in_window(at); at = earlier_[slot(at)]) {
      while (before != matches_.end() && before->end + 1 > at) ++before;
      const bool goes_on = before != matches_.end() && before->end + 1 == at;
      longer_.push_back({at, goes_on ? before->length + 1 : 1});
    }
    matches_.swap(longer_);
  }

  /// One token more; what has been found before holds no longer.
  void remember(Token token) {
    const std::size_t at = size_++;
    const std::size_t* const latest = latest_.find(token);
    const std::size_t earlier = latest != nullptr ? *latest : kNowhereBefore;
    if (at < capacity_) {
      text_.push_back(token);
      earlier_.push_back(earlier);
    } else {
      const Token gone = std::exchange(text_[slot(at)], token);
      if (*latest_.find(gone) + capacity_ == at) latest_.erase(gone);
      earlier_[slot(at)] = earlier;
    }
    latest_[token] = at;
  }

  /// Finds the matches from nothing.
  void find_matches() {
    matches_.clear();
    const std::size_t count = std::min(size_, window_);
    const auto back = [&](std::size_t i) { return text_[slot(size_ - 1 - i)]; };
    std::vector<std::size_t> common(count);  // of the text and of it without its last k tokens
    std::size_t left = 0, right = 0;  // [left, right) has been seen to equal [0, right - left)
    for (std::size_t k = 1; k < count; ++k) {
      std::size_t same = k < right ? std::min(common[k - left], right - k) : 0;
      while (k + same < count && back(same) == back(k + same)) ++same;
      common[k] = same;
      if (k + same > right) left = k, right = k + same;
      if (same > 0) matches_.push_back({size_ - 1 - k, same});
    }
  }

  /// Whether the text ends with these tokens.
  [[nodiscard]] bool ends_with(std::span<const Token> tokens) const {
    if (tokens.size() > size_) return false;
    const std::size_t from = size_ - tokens.size();
    for (std::size_t i = tokens.size(); i-- > 0;) {
      if (text_[slot(from + i)] != tokens[i]) return false;
    }
    return true;
  }

  /// Calls f(next token, length) for each match: what came next, and how many tokens before it, all
  /// in the window, are those at the end of the text.
  template <class F>
  void for_each_match(const F& f) const {
    for (const Match& match : matches_) {
      if (!in_window(match.end)) return;
      f(text_[slot(match.end + 1)], std::min(match.length, match.end + 1 - first()));
    }
  }

 private:
  static constexpr std::size_t kNowhereBefore = std::size_t(-1);
  struct Match {
    std::size_t end;     // where the last token of it is
    std::size_t length;  // may begin before the window
  };

  [[nodiscard]] std::size_t slot(std::size_t at) const {
    return at < capacity_ ? at : at % capacity_;
  }
  /// Where the window begins.
  [[nodiscard]] std::size_t first() const { return size_ - std::min(size_, window_); }
  [[nodiscard]] bool in_window(std::size_t at) const {
    return at != kNowhereBefore && at >= first();
  }

  std::size_t window_;
  std::size_t capacity_;
  std::size_t size_ = 0;              // of the text
  std::vector<Token> text_;           // token i at slot(i): a ring of the last capacity_ tokens
  std::vector<std::size_t> earlier_;  // where the same token was before, a ring as well
  TokenMap<std::size_t> latest_;      // where a token was last
  std::vector<Match> matches_;        // the latest first
  std::vector<Match> longer_;         // scratch of `append`
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
