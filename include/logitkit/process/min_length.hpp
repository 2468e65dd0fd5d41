// SPDX-License-Identifier: MIT
// MinLength: no end before there are n tokens, the prompt counted.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// Bans the end tokens while prompt and generated text have fewer than n tokens together. n >= 0.
/// MinNewTokens does not count the prompt. `MinLength{10, {2}}`. Cost: O(end tokens).
/// Source: Hugging Face's `min_length`.
template <std::integral N = int>
class MinLength {
 public:
  MinLength(N n, std::vector<Token> end_tokens) : n_(n), end_tokens_(std::move(end_tokens)) {
    require(check(n_, end_tokens_));
  }

  [[nodiscard]] static std::string check(N n, const std::vector<Token>& end_tokens) {
    if (n < 0) return misuse("MinLength", "n", "n >= 0", double(n));
    return detail::check_tokens("MinLength", "end token", end_tokens);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    if (std::cmp_greater_equal(context.tokens.size(), n_)) return;
    for (const Token token : end_tokens_) candidates.ban(token);
  }

  void describe(auto& tell) const { tell("min_length", "n", n_, "end_tokens", end_tokens_); }

 private:
  N n_;
  std::vector<Token> end_tokens_;
};

static_assert(Processor<MinLength<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
