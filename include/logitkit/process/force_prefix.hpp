// SPDX-License-Identifier: MIT
// ForcePrefix: the generated text begins with certain tokens.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/process/detail/force.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// While n tokens have been generated, n < prefix length: keeps prefix[n] and drops all others; its
/// score' = 0. It goes by position alone, whatever the engine has accepted so far. If an earlier
/// processor has banned the token, the status is `nothing_left`. `ForcePrefix{{50259, 50359}}`.
/// No token: changes nothing. Cost: O(1). Source: CTranslate2's `target_prefix`.
class ForcePrefix {
 public:
  explicit ForcePrefix(std::vector<Token> prefix) : prefix_(std::move(prefix)) {
    require(check(prefix_));
  }

  [[nodiscard]] static std::string check(const std::vector<Token>& prefix) {
    return detail::check_tokens("ForcePrefix", "token", prefix);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    const std::size_t n = context.generated().size();
    if (n < prefix_.size()) detail::force(candidates, std::span(&prefix_[n], 1));
  }

  void describe(auto& tell) const { tell("force_prefix", "prefix", prefix_); }

 private:
  std::vector<Token> prefix_;
};

static_assert(Processor<ForcePrefix>);

}  // namespace logitkit::inline LOGITKIT_ABI
