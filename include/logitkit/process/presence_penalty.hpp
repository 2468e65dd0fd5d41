// SPDX-License-Identifier: MIT
// PresencePenalty: makes tokens that have been generated less likely, however often.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/core/penalty_scope.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score(token)' = score(token) - a for each distinct token in the scope, by default the generated
/// text alone. a finite, usually in [-2, 2]; negative encourages. The sign of the score plays no
/// part. Cost: O(distinct tokens). `PresencePenalty{0.5f, {.last = 64}}`: of the last 64 tokens,
/// the prompt's too, as in llama.cpp. Source: OpenAI API, `presence_penalty`.
template <std::floating_point P = float>
class PresencePenalty {
 public:
  explicit PresencePenalty(P a, const PenaltyScope& scope = kGenerated) : a_(a), seen_(scope) {
    require(check(a));
  }

  [[nodiscard]] static std::string check(P a) {
    constexpr P kMax = std::numeric_limits<P>::max();
    return a >= -kMax && a <= kMax ? std::string()
                                   : misuse("PresencePenalty", "a", "-inf < a < inf", double(a));
  }

  void start(std::span<const Token> prompt) { seen_.start(prompt); }
  void accept(Token token) { seen_.accept(token); }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    candidates.add_each(seen_, [a = double(a_)](auto) { return -a; });
  }

  void describe(auto& tell) const {
    tell("presence_penalty", "a", a_)
        .option("last", seen_.scope().last, kAllTokens)
        .option("skip_prompt", seen_.scope().skip_prompt, kAllTokens);
  }

 private:
  P a_;
  ScopedCounts seen_;
};

template <std::integral I>
PresencePenalty(I, PenaltyScope = {}) -> PresencePenalty<float>;

static_assert(StatefulProcessor<PresencePenalty<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
