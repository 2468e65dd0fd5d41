// SPDX-License-Identifier: MIT
// ForceFirst: the generated text begins with a certain token.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/process/detail/force.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// While nothing has been generated, keeps the token given and drops all others; its score' = 0.
/// If an earlier processor has banned it, the status is `nothing_left`. `ForceFirst{250004}`.
/// Cost: O(1). Source: Hugging Face's `forced_bos_token_id`, which is for models whose prompt is
/// one token: with a longer prompt it forces nothing, this does.
class ForceFirst {
 public:
  explicit ForceFirst(Token token) : token_(token) { require(check(token)); }

  [[nodiscard]] static std::string check(Token token) {
    return detail::check_tokens("ForceFirst", "token", {&token, 1});
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    if (context.generated().empty()) detail::force(candidates, std::span(&token_, 1));
  }

  void describe(auto& tell) const { tell("force_first", "token", token_); }

 private:
  Token token_;
};

static_assert(Processor<ForceFirst>);

}  // namespace logitkit::inline LOGITKIT_ABI
