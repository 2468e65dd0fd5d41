// SPDX-License-Identifier: MIT
// FrequencyPenalty: makes a token less likely for each time it has been generated.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/core/token_counts.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score(token)' = score(token) - a * (times it was generated); the prompt is not counted. a
/// finite, usually in [-2, 2]; negative encourages. The sign of the score plays no part. Cost:
/// O(distinct tokens). Source: OpenAI API, `frequency_penalty`.
template <std::floating_point P = float>
class FrequencyPenalty {
 public:
  explicit FrequencyPenalty(P a) : a_(a) { require(check(a)); }

  [[nodiscard]] static std::string check(P a) {
    constexpr P kMax = std::numeric_limits<P>::max();
    return a >= -kMax && a <= kMax ? std::string()
                                   : misuse("FrequencyPenalty", "a", "-inf < a < inf", double(a));
  }

  void accept(Token token) { counts_.add(token); }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    for (const auto& [token, count] : counts_) {
      if (candidates.contains(token)) candidates.add(token, -double(a_) * count);
    }
  }

  void describe(auto& tell) const { tell("frequency_penalty", "a", a_); }

 private:
  P a_;
  TokenCounts counts_;
};

template <std::integral I>
FrequencyPenalty(I) -> FrequencyPenalty<float>;

static_assert(StatefulProcessor<FrequencyPenalty<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
