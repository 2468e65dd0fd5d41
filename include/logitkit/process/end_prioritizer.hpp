// SPDX-License-Identifier: MIT
// EndPrioritizer: ends the text as soon as an end token is probable enough.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <algorithm>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps the end tokens alone if one of them has a probability > p, else changes nothing: for what
/// runs on after its end, such as speech. p in [0, 1]; 1 is off. Without end tokens nothing
/// happens. One that the row does not have is never probable; where another is, it makes the status
/// `token_out_of_range`. An all-banned row stays empty. Cost: O(V) exponentials before narrowing,
/// O(survivors) after. Source: Hugging Face's `BarkEosPrioritizerLogitsProcessor`, its p
/// `min_eos_p`.
template <std::floating_point P = float>
class EndPrioritizer {
 public:
  EndPrioritizer(P p, std::vector<Token> end_tokens) : p_(p), end_tokens_(std::move(end_tokens)) {
    require(check(p, end_tokens_));
  }

  [[nodiscard]] static std::string check(P p, const std::vector<Token>& end_tokens) {
    if (!(p >= 0 && p <= 1)) return misuse("EndPrioritizer", "p", "0 <= p <= 1", double(p));
    return detail::check_tokens("EndPrioritizer", "end token", end_tokens);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (p_ == 1 || end_tokens_.empty() || candidates.status() != Status::ok) return;
    const double least = math::log(double(p_));
    if (std::any_of(end_tokens_.begin(), end_tokens_.end(),
                    [&](Token end) { return candidates.log_probability(end) > least; })) {
      candidates.keep_only(end_tokens_);
    }
  }

  void describe(auto& tell) const { tell("end_prioritizer", "p", p_, "end_tokens", end_tokens_); }

 private:
  P p_;
  std::vector<Token> end_tokens_;
};

template <std::integral I>
EndPrioritizer(I, std::vector<Token>) -> EndPrioritizer<float>;

static_assert(Processor<EndPrioritizer<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
