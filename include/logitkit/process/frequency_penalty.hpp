// SPDX-License-Identifier: MIT
// FrequencyPenalty: makes a token less likely for each time it has been generated.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/core/penalty_scope.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score(token)' = score(token) - a * (times it occurs in the scope, by default the generated text
/// alone). a finite, usually in [-2, 2]; negative encourages. The sign of the score plays no part.
/// Cost: O(distinct tokens). `FrequencyPenalty{0.5f, {.last = 64}}`: of the last 64 tokens, the
/// prompt's too, as in llama.cpp. Source: OpenAI API, `frequency_penalty`.
template <std::floating_point P = float>
class FrequencyPenalty {
 public:
  explicit FrequencyPenalty(P a, const PenaltyScope& scope = kGenerated) : a_(a), counts_(scope) {
    require(check(a));
  }

  [[nodiscard]] static std::string check(P a) {
    constexpr P kMax = std::numeric_limits<P>::max();
    return a >= -kMax && a <= kMax ? std::string()
                                   : misuse("FrequencyPenalty", "a", "-inf < a < inf", double(a));
  }

  void start(std::span<const Token> prompt) { counts_.start(prompt); }
  void accept(Token token) { counts_.accept(token); }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    candidates.add_each(counts_, [a = double(a_)](auto count) { return -a * count; });
  }

  void describe(auto& tell) const {
    tell("frequency_penalty", "a", a_)
        .option("last", counts_.scope().last, kAllTokens)
        .option("skip_prompt", counts_.scope().skip_prompt, kAllTokens);
  }

 private:
  P a_;
  ScopedCounts counts_;
};

template <std::integral I>
FrequencyPenalty(I, PenaltyScope = {}) -> FrequencyPenalty<float>;

static_assert(StatefulProcessor<FrequencyPenalty<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
