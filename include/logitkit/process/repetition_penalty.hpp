// SPDX-License-Identifier: MIT
// RepetitionPenalty: makes tokens that have occurred less likely, by a factor.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/core/penalty_scope.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// For each distinct token in the scope, by default all of prompt and generated text:
///
///   score' = score / r if score > 0, else score * r
///
/// r in (0, +inf), finite; 1 is off, > 1 discourages, < 1 encourages. Occurring more often changes
/// nothing. Depends on where zero lies, so it belongs before anything that shifts scores. A banned
/// token stays banned. Cost: O(distinct tokens).
/// `RepetitionPenalty{1.1f, {.last = 64}}`: of the last 64 tokens, as in llama.cpp.
/// Source: Keskar et al. 2019, "CTRL", arXiv 1909.05858, section 4.1 (with the sign that the paper
/// leaves out, as in Hugging Face).
template <std::floating_point P = float>
class RepetitionPenalty {
 public:
  explicit RepetitionPenalty(P r, const PenaltyScope& scope = {}) : r_(r), seen_(scope) {
    require(check(r));
  }

  [[nodiscard]] static std::string check(P r) {
    return r > 0 && r <= std::numeric_limits<P>::max()
               ? std::string()
               : misuse("RepetitionPenalty", "r", "0 < r < inf", double(r));
  }

  void start(std::span<const Token> prompt) { seen_.start(prompt); }
  void accept(Token token) { seen_.accept(token); }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    const double r = double(r_);
    candidates.edit_each(seen_, [r](double score, auto) {
      const double divided = score / r, multiplied = score * r;  // no branch on signs
      return r >= 1 ? std::min(divided, multiplied) : std::max(divided, multiplied);
    });
  }

  void describe(auto& tell) const {
    tell("repetition_penalty", "r", r_)
        .option("last", seen_.scope().last, kAllTokens)
        .option("skip_prompt", seen_.scope().skip_prompt, 0);
  }

 private:
  P r_;
  ScopedCounts seen_;
};

template <std::integral I>
RepetitionPenalty(I, PenaltyScope = {}) -> RepetitionPenalty<float>;

static_assert(StatefulProcessor<RepetitionPenalty<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
