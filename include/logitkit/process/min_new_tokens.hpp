// SPDX-License-Identifier: MIT
// MinNewTokens: no end before n tokens have been generated.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// Bans the end tokens while fewer than n tokens have been generated, the prompt not counted.
/// n >= 0. `MinNewTokens{10, {2}}`. Cost: O(end tokens).
/// Source: Hugging Face's `min_new_tokens`, vLLM's `min_tokens`.
template <std::integral N = int>
class MinNewTokens {
 public:
  MinNewTokens(N n, std::vector<Token> end_tokens) : n_(n), end_tokens_(std::move(end_tokens)) {
    require(check(n_, end_tokens_));
  }

  [[nodiscard]] static std::string check(N n, const std::vector<Token>& end_tokens) {
    if (n < 0) return misuse("MinNewTokens", "n", "n >= 0", double(n));
    return detail::check_tokens("MinNewTokens", "end token", end_tokens);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    if (std::cmp_greater_equal(context.generated().size(), n_)) return;
    for (const Token token : end_tokens_) candidates.ban(token);
  }

  void describe(auto& tell) const { tell("min_new_tokens", "n", n_, "end_tokens", end_tokens_); }

 private:
  N n_;
  std::vector<Token> end_tokens_;
};

static_assert(Processor<MinNewTokens<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
