// SPDX-License-Identifier: MIT
// SuppressAtStart: tokens that the generated text must not begin with.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// score(token)' = -inf for each token given, while exactly n tokens have been generated. n >= 0,
/// 0 unless given: the first token; after a ForcePrefix, its length: the first free one.
/// `SuppressAtStart{{220, 50257}}`. Cost: O(tokens) once, else O(1).
/// Source: Hugging Face's `begin_suppress_tokens`, whose `begin_index` is prompt length + n.
template <std::integral N = int>
class SuppressAtStart {
 public:
  explicit SuppressAtStart(std::vector<Token> tokens, N n = 0) : tokens_(std::move(tokens)), n_(n) {
    require(check(tokens_, n));
  }

  [[nodiscard]] static std::string check(const std::vector<Token>& tokens, N n = 0) {
    if (n < 0) return misuse("SuppressAtStart", "n", "n >= 0", double(n));
    return detail::check_tokens("SuppressAtStart", "token", tokens);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    if (std::cmp_not_equal(context.generated().size(), n_)) return;
    for (const Token token : tokens_) candidates.ban(token);
  }

  void describe(auto& tell) const {
    tell("suppress_at_start", "tokens", tokens_).option("n", n_, 0);
  }

 private:
  std::vector<Token> tokens_;
  N n_;
};

static_assert(Processor<SuppressAtStart<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
