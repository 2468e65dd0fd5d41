// SPDX-License-Identifier: MIT
// MinNewTokens: no end before n tokens have been generated.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// Bans the end tokens while fewer than n tokens have been generated, the prompt not counted.
/// n >= 0. `MinNewTokens{10, {2}}`. Cost: O(end tokens).
class MinNewTokens {
 public:
  MinNewTokens(std::size_t n, std::vector<Token> end_tokens)
      : n_(n), end_tokens_(std::move(end_tokens)) {
    require(check(end_tokens_));
  }

  [[nodiscard]] static std::string check(const std::vector<Token>& end_tokens) {
    for (const Token token : end_tokens) {
      if (token < 0) return misuse("MinNewTokens", "end token", "token >= 0", token);
    }
    return {};
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    if (context.generated().size() >= n_) return;
    for (const Token token : end_tokens_) candidates.ban(token);
  }

 private:
  std::size_t n_;
  std::vector<Token> end_tokens_;
};

static_assert(Processor<MinNewTokens>);

}  // namespace logitkit::inline LOGITKIT_ABI
