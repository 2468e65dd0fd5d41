// SPDX-License-Identifier: MIT
// AdaptiveDrafter: another drafter, asked for as many tokens as have been worth their cost.
#pragma once

#include <logitkit/core/detail/assignable.hpp>
#include <logitkit/decode/draft.hpp>
#include <logitkit/decode/draft_length.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Listens to which of the drafted tokens are committed, and asks for the length that DraftLength
/// says, at most what it is asked for itself: SpeculativeOptions::draft_tokens is then the upper
/// limit. Lossless still: how long a draft is depends on earlier rounds alone.
template <Drafter D>
class AdaptiveDrafter {
 public:
  explicit AdaptiveDrafter(D drafter, const DraftLengthOptions& options = {})
      : drafter_(std::move(drafter)), length_(options) {}

  void start(std::span<const Token> prompt) {
    if constexpr (requires(D& drafter) { drafter.start(prompt); }) drafter_->start(prompt);
  }

  void accept(Token token) {
    agrees_ = agrees_ && accepted_ < drafted_.size() && drafted_[accepted_] == token;
    accepted_ += agrees_;
    if constexpr (requires(D& drafter) { drafter.accept(token); }) drafter_->accept(token);
  }

  [[nodiscard]] Draft propose(const Context& context, std::size_t n, const auto& decider) {
    length_.record(drafted_.size(), accepted_);
    const Draft draft = drafter_->propose(context, std::min(n, length_.best()), decider);
    drafted_.assign(draft.tokens.begin(), draft.tokens.end());
    accepted_ = 0;
    agrees_ = true;
    return draft;
  }

 private:
  detail::Assignable<D> drafter_;
  DraftLength length_;
  std::vector<Token> drafted_;  // in this round
  std::size_t accepted_ = 0;    // how many of them have been committed
  bool agrees_ = true;          // no other token has been
};

}  // namespace logitkit::inline LOGITKIT_ABI
