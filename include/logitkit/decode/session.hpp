// SPDX-License-Identifier: MIT
// Session: the state of one running request. It looks (`next`), commits (`accept`), takes back.
#pragma once

#include <logitkit/core/detail/assignable.hpp>
#include <logitkit/core/detail/scope_exit.hpp>
#include <logitkit/decode/choose.hpp>
#include <logitkit/process/chain.hpp>
#include <logitkit/stop/first_met.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// One sequence of a greedy or random decoder: made by `decoder.start(prompt, limits)`, driven by
/// the engine, one row a token. A value: copying it forks the request, chain state and all.
///
///     lk::Session session = decoder.start(prompt, limits);
///     while (!session.done()) {
///       const lk::Pick pick = session.next(row_after(session.tokens()), workspace);
///       if (pick.status != lk::Status::ok) break;
///       session.accept(pick.token);
///     }
///
/// Determinism: what it picks depends on rows, tokens, chain and seed; not on other sessions.
/// Allocation: `next` none once the workspace has seen the vocabulary; `accept` none for the
/// history of the first 4096 new tokens (in a copy and beyond by doubling), and only as the state
/// of a chain grows.
/// Thread safety: as for any value.
template <class C, class Chooser>
class Session {
 public:
  Session(C chain, Chooser chooser, Report report, std::span<const Token> prompt, Limits limits)
      : chain_(chain),
        unstarted_(std::move(chain)),
        chooser_(std::move(chooser)),
        report_(report),
        limits_(std::move(limits)),
        prompt_size_(prompt.size()) {
    require(limits_.check());
    require(limits_.check_prompt(prompt));
    tokens_.reserve(prompt.size() + detail::reserved_tokens(limits_));
    tokens_.assign(prompt.begin(), prompt.end());
    if constexpr (StartingProcessor<C>) chain_->start(prompt);
    reason_ = MaxTokens{limits_.max_tokens}(context());
  }

  /// What comes next by this row; changes nothing. Status `finished` once the session has stopped.
  template <class R>
  [[nodiscard]] Pick next(const R& row, Workspace& workspace) const {
    static_assert(detail::explain_row<R>());
    workspace.alternatives().clear();
    if constexpr (RowLike<R>) return next_in_batch(as_row(row), workspace);
    return {};
  }

  /// The same by a part of a row.
  template <std::floating_point S>
  [[nodiscard]] Pick next(const CandidateList<S>& list, Workspace& workspace) const {
    workspace.alternatives().clear();
    return next_in_batch(list, workspace);
  }

  /// The same by a Row or a CandidateList, with the alternatives of other picks left where they are
  /// in the workspace.
  template <class R>
  [[nodiscard]] Pick next_in_batch(const R& row, Workspace& workspace) const {
    if (reason_ != StopReason::none) return {.status = Status::finished};
    return detail::choose(row, *chain_, *chooser_, context(), report_, limits_.vocabulary,
                          workspace);
  }

  /// The pick that this token would be, by a Row or a CandidateList: what was asked to be reported
  /// with it. For a token that comes from elsewhere, such as a draft. Alternatives of other picks
  /// stay where they are.
  template <class R>
  [[nodiscard]] Pick pick_of(Token token, const R& row, Workspace& workspace) const {
    const auto chosen = [token](auto&, std::size_t) { return token; };
    return detail::choose(row, *chain_, chosen, context(), report_, limits_.vocabulary, workspace);
  }

  /// Commits a token, the one picked or any other, and says whether the sequence ends with it. A
  /// token that the vocabulary does not have ends it and is not kept. After the end nothing is
  /// committed any more, and the same reason comes again. Where the user's predicate throws, the
  /// session is as it was before.
  StopReason accept(Token token) {
    if (reason_ != StopReason::none) return reason_;
    if (!limits_.in_vocabulary(token)) return reason_ = StopReason::token_out_of_range;
    tokens_.push_back(token);
    detail::ScopeExit otherwise([this] { tokens_.pop_back(); });
    const StopReason reason = FirstMet{limits_}(context());
    if constexpr (AcceptingProcessor<C>) chain_->accept(token);
    otherwise.release();
    return reason_ = reason;
  }

  /// Takes the last n generated tokens back, as if they had never been accepted; n above their
  /// number takes all. A session that a refused token had stopped goes on, even for n = 0.
  /// Cost: O(n), and O(length) where the chain keeps state: it is replayed.
  void rollback(std::size_t n) {
    if (reason_ == StopReason::token_out_of_range) reason_ = StopReason::none;
    n = std::min(n, generated().size());
    if (n == 0) return;
    tokens_.resize(tokens_.size() - n);
    reason_ = StopReason::none;
    if constexpr (StatefulProcessor<C>) {
      auto chain = unstarted_;
      if constexpr (StartingProcessor<C>) chain->start(context().prompt());
      if constexpr (AcceptingProcessor<C>) {
        for (const Token token : context().generated()) chain->accept(token);
      }
      if constexpr (RecallingProcessor<C>) chain->recall(*chain_);
      chain_ = std::move(chain);
    }
  }

  /// The chain, which has been told what was accepted.
  [[nodiscard]] const detail::Assignable<C>& chain() const { return chain_; }
  [[nodiscard]] Context context() const { return {tokens_, prompt_size_}; }
  [[nodiscard]] std::span<const Token> tokens() const { return tokens_; }
  [[nodiscard]] std::span<const Token> generated() const { return context().generated(); }
  [[nodiscard]] StopReason reason() const { return reason_; }
  [[nodiscard]] bool done() const { return reason_ != StopReason::none; }
  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] const Report& report() const { return report_; }

 private:
  [[no_unique_address]] detail::Assignable<C> chain_;
  // As it was before the prompt, to replay from.
  [[no_unique_address]] detail::AssignableIf<StatefulProcessor<C>, C> unstarted_;
  [[no_unique_address]] detail::Assignable<Chooser> chooser_;
  Report report_;
  Limits limits_;
  std::vector<Token> tokens_;  // the prompt, then what was accepted
  std::size_t prompt_size_;
  StopReason reason_ = StopReason::none;
};

}  // namespace logitkit::inline LOGITKIT_ABI
