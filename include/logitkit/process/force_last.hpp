// SPDX-License-Identifier: MIT
// ForceLast: a text that reaches its length limit closes with an end token.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/limits.hpp>
#include <logitkit/process/detail/force.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// For the last token that max_new_tokens or max_tokens of the limits allows, keeps the end tokens
/// of the limits and drops all others; each score' = 0, so they are equally probable and the lowest
/// is the best. If earlier processors have banned them all, the status is `nothing_left`.
/// `ForceLast{limits}`, with the limits that the decoder gets. Cost: O(end tokens log end tokens)
/// once, else O(1). Source: Hugging Face's `forced_eos_token_id`.
class ForceLast {
 public:
  explicit ForceLast(const Limits& limits)
      : max_new_tokens_(limits.max_new_tokens),
        max_tokens_(limits.max_tokens),
        end_tokens_(limits.end_tokens) {
    require(check(limits));
  }

  [[nodiscard]] static std::string check(const Limits& limits) {
    if (limits.end_tokens.empty()) {
      return misuse("ForceLast", "end_tokens of the limits", "length >= 1", 0);
    }
    return limits.check();
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    const bool last = context.generated().size() >= max_new_tokens_ - 1 ||
                      context.tokens.size() >= max_tokens_ - 1;
    if (last) detail::force(candidates, end_tokens_);
  }

  void describe(auto& tell) const {
    tell("force_last")
        .option("max_new_tokens", max_new_tokens_, std::size_t(-1))
        .option("max_tokens", max_tokens_, std::size_t(-1))
        .option("end_tokens", end_tokens_, {});
  }

 private:
  std::size_t max_new_tokens_;
  std::size_t max_tokens_;
  std::vector<Token> end_tokens_;
};

static_assert(Processor<ForceLast>);

}  // namespace logitkit::inline LOGITKIT_ABI
