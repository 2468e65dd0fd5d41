// SPDX-License-Identifier: MIT
// ExponentialLengthDecay: makes the end more likely the longer the text has become.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/math/exponential.hpp>

#include <algorithm>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// For each end token, once n > 0 more tokens than `start` have been generated:
/// score' = score + |score| (factor^n - 1), at most 1e30 if score was not above. start >= 0; factor
/// in (0, +inf), finite: 1 is off, > 1 draws to the end, < 1 away from it. Depends on where zero
/// lies, and does nothing to a score of 0, so it belongs before anything that shifts scores. A
/// banned token stays banned; one that the row does not have makes the status `token_out_of_range`.
/// `ExponentialLengthDecay{100, 1.02f, {2}}`. Cost: O(end tokens).
/// In beam search it raises scores above those of the model, which breaks the bounds by which
/// `EarlyStopping` ends a search: it may end too soon.
/// Source: Hugging Face's `exponential_decay_length_penalty`.
template <std::floating_point P = float, std::integral N = int>
class ExponentialLengthDecay {
 public:
  ExponentialLengthDecay(N start, P factor, std::vector<Token> end_tokens)
      : start_(start), factor_(factor), end_tokens_(std::move(end_tokens)) {
    require(check(start, factor, end_tokens_));
  }

  [[nodiscard]] static std::string check(N start, P factor, const std::vector<Token>& end_tokens) {
    constexpr const char* kName = "ExponentialLengthDecay";
    if (start < 0) return misuse(kName, "start", "start >= 0", double(start));
    if (!(factor > 0 && factor <= std::numeric_limits<P>::max())) {
      return misuse(kName, "factor", "0 < factor < inf", double(factor));
    }
    return detail::check_tokens(kName, "end token", end_tokens);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    const std::size_t generated = context.generated().size();
    if (std::cmp_less_equal(generated, start_)) return;
    constexpr double kMost = 1e30;  // beyond, a float row would come to +inf
    const auto n = double(generated - static_cast<std::size_t>(start_));
    const double power = std::min(math::power(double(factor_), n), kMost);
    for (const Token token : end_tokens_) {
      const double score = candidates.score(token);
      const double next = std::fma(std::fabs(score), power - 1, score);
      const double bounded = std::min(next, std::max(score, kMost));
      candidates.set(token, std::isfinite(score) ? bounded : score);  // a banned one stays banned
    }
  }

  void describe(auto& tell) const {
    tell("exponential_length_decay", "start", start_, "factor", factor_, "end_tokens", end_tokens_);
  }

 private:
  N start_;
  P factor_;
  std::vector<Token> end_tokens_;
};

template <std::integral N, std::integral I>
ExponentialLengthDecay(N, I, std::vector<Token>) -> ExponentialLengthDecay<float, N>;

static_assert(Processor<ExponentialLengthDecay<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
