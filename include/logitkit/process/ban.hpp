// SPDX-License-Identifier: MIT
// Ban: tokens that must never come.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// score(token)' = -inf for each token given. `Ban{{198, 262}}`. If nothing else is left, the row
/// has the status `nothing_left`; no banned token is ever chosen instead. A token that the row does
/// not have: `token_out_of_range`. Cost: O(tokens). Source: Hugging Face's `suppress_tokens`.
class Ban {
 public:
  explicit Ban(std::vector<Token> tokens) : tokens_(std::move(tokens)) { require(check(tokens_)); }

  [[nodiscard]] static std::string check(const std::vector<Token>& tokens) {
    return detail::check_tokens("Ban", "token", tokens);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    for (const Token token : tokens_) candidates.ban(token);
  }

  void describe(auto& tell) const { tell("ban", "tokens", tokens_); }

 private:
  std::vector<Token> tokens_;
};

static_assert(Processor<Ban>);

}  // namespace logitkit::inline LOGITKIT_ABI
