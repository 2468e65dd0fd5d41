// SPDX-License-Identifier: MIT
// AllowOnly: the only tokens that may come.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps the tokens given and drops all others. `AllowOnly{{9820, 2201}}`: yes or no. At least one
/// token; where an earlier processor has banned them all, the row has the status `nothing_left`,
/// where it lacks one, `token_out_of_range`. Cost: O(tokens log tokens), whatever the vocabulary.
/// Source: vLLM's `allowed_token_ids`.
class AllowOnly {
 public:
  explicit AllowOnly(std::vector<Token> tokens) : tokens_(std::move(tokens)) {
    require(check(tokens_));
  }

  [[nodiscard]] static std::string check(const std::vector<Token>& tokens) {
    if (tokens.empty()) return misuse("AllowOnly", "tokens", "length >= 1", 0);
    return detail::check_tokens("AllowOnly", "token", tokens);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    candidates.keep_only(tokens_);
  }

  void describe(auto& tell) const { tell("allow_only", "tokens", tokens_); }

 private:
  std::vector<Token> tokens_;
};

static_assert(Processor<AllowOnly>);

}  // namespace logitkit::inline LOGITKIT_ABI
