// SPDX-License-Identifier: MIT
// PenaltyScope: which tokens of a sequence a penalty counts, and the counts of these.
#pragma once

#include <logitkit/core/token_counts.hpp>

#include <algorithm>
#include <span>

namespace logitkit::inline LOGITKIT_ABI {

inline constexpr std::size_t kAllTokens = std::size_t(-1);

/// Prompt and generated text without the first `skip_prompt` tokens of the prompt; of that, the
/// `last` tokens. `{}` is everything; `{.last = 64}` is llama.cpp's penalty_last_n,
/// `{.skip_prompt = n}` Hugging Face's prompt_ignore_length.
struct PenaltyScope {
  std::size_t last = kAllTokens;  ///< 0 counts nothing
  std::size_t skip_prompt = 0;    ///< as many as the prompt has, or more: none of it is counted
};

/// What has been generated, the prompt not counted: OpenAI's and vLLM's frequency and presence.
inline constexpr PenaltyScope kGenerated{.skip_prompt = kAllTokens};

/// The counts of the tokens in a scope, kept up to date token by token; what has left the window is
/// counted no longer. A value. Cost: O(1) a token; memory O(min(last, tokens)).
class ScopedCounts {
 public:
  explicit ScopedCounts(const PenaltyScope& scope) : scope_(scope) {}

  void start(std::span<const Token> prompt) {
    prompt = prompt.subspan(std::min(prompt.size(), scope_.skip_prompt));
    for (const Token token : prompt.last(std::min(prompt.size(), scope_.last))) accept(token);
  }

  void accept(Token token) {
    if (scope_.last == 0) return;
    counts_.add(token);
    if (scope_.last == kAllTokens) return;
    if (window_.size() < scope_.last) return window_.push_back(token);
    counts_.remove(window_[oldest_]);
    window_[oldest_] = token;
    if (++oldest_ == window_.size()) oldest_ = 0;
  }

  /// `for (auto [token, count] : counts)`: every distinct token in the scope, once.
  [[nodiscard]] auto begin() const { return counts_.begin(); }
  [[nodiscard]] auto end() const { return counts_.end(); }
  [[nodiscard]] std::size_t size() const { return counts_.size(); }
  [[nodiscard]] const PenaltyScope& scope() const { return scope_; }

 private:
  PenaltyScope scope_;
  TokenCounts counts_;
  std::vector<Token> window_;  // a ring once it is full; empty if nothing ever leaves
  std::size_t oldest_ = 0;
};

}  // namespace logitkit::inline LOGITKIT_ABI
