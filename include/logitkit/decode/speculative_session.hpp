// SPDX-License-Identifier: MIT
// SpeculativeSession: one request under way, several tokens a round; proposes, then verifies.
#pragma once

#include <logitkit/decode/session.hpp>
#include <logitkit/decode/speculative_options.hpp>
#include <logitkit/decode/speculative_step.hpp>
#include <logitkit/decode/verdict.hpp>
#include <logitkit/random/speculative_philox.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Made by the `start` of a SpeculativeDecoder. The engine's loop:
///
///     lk::Draft draft = session.propose();
///     // read the last token and those of the draft: a row after each
///     lk::SpeculativeStep step = session.step(rows, draft, workspace);
///     // forget the last step.rewind tokens; the last pick is yet to be read
///
/// For the first round the prompt has been read, and its row alone is there: an empty Draft{}.
/// A processor sees for each row the tokens before it, accepted or not: the chain runs ahead on a
/// copy, and the session's own is told what was committed. Stop rules hold inside a draft: what is
/// behind the end is not committed. A bad row counts only if the tokens before it are accepted.
/// A value: copying it forks the request. Allocation: as of Session, once the workspace has seen
/// the vocabulary and the session some rounds. Memory: 12 bytes for each token left in a round.
/// Where a processor, the predicate or the drafter throws, what was committed before stays.
template <class C, Drafter D, class Rule, SpeculativeDecider N>
class SpeculativeSession {
  static constexpr bool kRowByRow = detail::RowByRowRule<Rule, N>;
  static constexpr bool kDrafterAccepts =
      requires(D& drafter, Token token) { drafter.accept(token); };
  using Chooser =
      decltype(detail::chooser_of(std::declval<const Rule&>(), std::declval<const N&>()));

 public:
  SpeculativeSession(const C& chain, const D& drafter, const Rule& rule, const N& numbers,
                     const SpeculativeOptions& options, std::span<const Token> prompt,
                     const Limits& limits)
      : session_(chain, detail::chooser_of(rule, numbers), options.report, prompt, limits),
        ahead_(session_.chain()),
        drafter_(drafter),
        unstarted_(drafter),
        rule_(rule),
        numbers_(numbers),
        options_(options),
        vocabulary_(limits.vocabulary) {
    ahead_tokens_.reserve(prompt.size() + detail::reserved_tokens(limits));
    start_drafter();
  }

  /// What may be read in this round besides the last token: nothing if only one more can come. It
  /// is cut at a token that the vocabulary does not have: before it or, if it was drawn, behind it;
  /// that one is not read, see `readable`, and never accepted.
  [[nodiscard]] Draft propose() {
    const std::size_t left = limits().most_new_tokens(prompt_size()) - generated().size();
    if (reason() != StopReason::none || left < 2 || options_.draft_tokens == 0) return {};
    const std::size_t n = std::min(options_.draft_tokens, left - 1);
    if constexpr (kRowByRow) {
      return cut(drafter_->propose(context(), n, *numbers_), n);
    } else {
      return cut(drafter_->propose(context(), n, numbers_->drafts(context().position())), n);
    }
  }

  /// How many tokens of a draft the model can read.
  [[nodiscard]] std::size_t readable(const Draft& draft) const {
    return draft.size() - (!draft.empty() && !in_vocabulary(draft.tokens.back()));
  }

  /// One round: by the row after the last token and those after each readable one of the draft,
  /// commits at least one token, unless the first row is bad.
  template <class R>
  SpeculativeStep step(const R& rows, const Draft& draft, Workspace& workspace) {
    const std::size_t count = readable(draft) + 1;
    const auto all = as_rows(rows, count);
    const auto row = [&](std::size_t i, std::span<const Token>) {
      return all.count == count ? all[i] : decltype(all[i])();
    };
    return step_lazily(row, draft, workspace);
  }

  /// The same where a row is only made when it is needed: row(i, tokens) is a Row, that after all
  /// these tokens, of which the last i are the draft's. It may be asked for twice.
  SpeculativeStep step_lazily(auto&& row, const Draft& draft, Workspace& workspace) {
    workspace.picks().clear();
    workspace.alternatives().clear();
    if (reason() != StopReason::none) return {{}, Status::finished};
    workspace.alternatives().reserve((draft.size() + 1) * report().alternatives);
    ++statistics_.rounds;
    statistics_.drafted += draft.size();
    const auto fitting = [&](std::size_t i, std::span<const Token> tokens) {
      const auto given = row(i, tokens);
      if (vocabulary_ == 0) vocabulary_ = given.size();
      return given.size() == vocabulary_ ? given : decltype(given)();
    };
    const bool by_rule = !kRowByRow && !draft.empty();
    const Status status =
        by_rule ? verify(fitting, draft, workspace) : pick_each(fitting, draft, workspace);
    const std::span<const Pick> picks = workspace.picks();
    statistics_.tokens += picks.size();
    return {picks, status, readable(draft) + 1 - std::max(picks.size(), std::size_t(1))};
  }

  /// As of Session; the drafter is told, too. What was counted stays.
  void rollback(std::size_t n) {
    session_.rollback(n);
    known_ = std::min(known_, tokens().size());
    if constexpr (kDrafterAccepts) {
      drafter_ = unstarted_;
      start_drafter();
      for (const Token token : generated()) drafter_->accept(token);
    }
  }

  [[nodiscard]] Context context() const { return session_.context(); }
  [[nodiscard]] std::span<const Token> tokens() const { return session_.tokens(); }
  [[nodiscard]] std::span<const Token> generated() const { return session_.generated(); }
  [[nodiscard]] StopReason reason() const { return session_.reason(); }
  [[nodiscard]] bool done() const { return session_.done(); }
  [[nodiscard]] const Limits& limits() const { return session_.limits(); }
  [[nodiscard]] const Report& report() const { return session_.report(); }
  [[nodiscard]] const SpeculationStatistics& statistics() const { return statistics_; }

 private:
  void start_drafter() {
    if constexpr (requires { drafter_->start(context().prompt()); }) {
      drafter_->start(context().prompt());
    }
  }
  [[nodiscard]] std::size_t prompt_size() const { return context().prompt_size; }
  [[nodiscard]] bool in_vocabulary(Token token) const {
    return token >= 0 && (vocabulary_ == 0 || static_cast<std::size_t>(token) < vocabulary_);
  }

  [[nodiscard]] Draft cut(Draft draft, std::size_t n) const {
    const bool by_chance = !draft.drawn_from.empty();
    std::size_t size = 0;
    while (size < std::min(n, draft.size()) && in_vocabulary(draft.tokens[size])) ++size;
    // That it was drawn counts: what comes instead is not drawn from the target as it is.
    if (by_chance && size < std::min(n, draft.size())) ++size;
    draft.tokens = draft.tokens.first(size);
    if (by_chance) draft.drawn_from = draft.drawn_from.first(size);
    return draft;
  }

  /// Picks as without a draft, as long as that says the same.
  Status pick_each(const auto& row, const Draft& draft, Workspace& workspace) {
    for (std::size_t i = 0;; ++i) {
      const Pick pick = session_.next_in_batch(row(i, tokens()), workspace);
      if (pick.status != Status::ok) return pick.status;
      const bool accepted = i < draft.size() && pick.token == draft.tokens[i];
      statistics_.accepted += accepted;
      if (commit(pick, workspace) != StopReason::none || !accepted) return Status::ok;
    }
  }

  /// Lets the rule decide, then commits. A row that is bad or cannot be read gets a distribution
  /// for the rule, the same whatever the draft: so it has no influence on how probable the tokens
  /// before it are.
  Status verify(const auto& row, const Draft& draft, Workspace& workspace) {
    const std::uint64_t round = context().position();
    std::size_t sound = readable(draft) + 1;  // rows that have a distribution
    Status status = Status::wrong_length;     // of the next one
    catch_up();
    targets_.resize(std::max(targets_.size(), draft.size() + 1));
    const auto target = [&](std::size_t i) -> const Probabilities& {
      if (i < sound) {
        if (i > 0) run_ahead(draft.tokens[i - 1]);
        const Status of_row = weigh(row(i, ahead_tokens_), targets_[i], workspace);
        if (of_row == Status::ok) return targets_[i];
        sound = i;
        status = of_row;
      }
      targets_[i].assign(Token(0));
      return targets_[i];
    };
    const auto next = [&](std::size_t i) { return (*numbers_)(round + i); };
    const Verdict verdict = (*rule_)(target, draft, numbers_->tests(round), next);

    const auto take = [&](std::size_t i, Token token) {
      const Pick pick = pick_at(i, token, row, workspace);
      if (pick.status == Status::ok) return commit(pick, workspace) == StopReason::none;
      sound = i;  // a report of the model's sees what the chain has replaced
      status = pick.status;
      return false;
    };
    std::size_t i = 0;
    while (i < std::min(verdict.accepted, sound) && take(i, draft.tokens[i])) ++i;
    statistics_.accepted += workspace.picks().size();
    if (i == verdict.accepted && i < sound) take(i, verdict.next);
    return i == sound ? status : Status::ok;
  }

  /// The chain that runs ahead and its tokens become those of the session.
  void catch_up() {
    if constexpr (AcceptingProcessor<C>) ahead_.assign(session_.chain());
    ahead_tokens_.resize(known_);
    const auto rest = tokens().subspan(known_);
    ahead_tokens_.insert(ahead_tokens_.end(), rest.begin(), rest.end());
    known_ = tokens().size();
  }
  void run_ahead(Token token) {
    if constexpr (AcceptingProcessor<C>) ahead_->accept(token);
    ahead_tokens_.push_back(token);
  }
  template <std::floating_point S>
  Status weigh(Row<S> row, Probabilities& out, Workspace& workspace) const {
    if (row.size() == 0) return Status::wrong_length;
    Candidates<S> candidates(row, workspace);
    const Context ahead{ahead_tokens_, prompt_size()};
    if constexpr (AcceptingProcessor<C>) {
      (*ahead_)(candidates, ahead);
    } else {
      (*session_.chain())(candidates, ahead);
    }
    out.assign(candidates);
    return candidates.status();
  }

  /// What is committed at row i: looked at again only where that tells or teaches something.
  Pick pick_at(std::size_t i, Token token, const auto& row, Workspace& workspace) const {
    const Report& wanted = report();
    const bool tells = wanted.model || wanted.choice || wanted.alternatives > 0 || wanted.rank;
    const bool teaches = RecallingProcessor<C> && keeps_state(*session_.chain());
    if (!tells && !teaches) return {.token = token};
    return session_.pick_of(token, row(i, tokens()), workspace);
  }
  StopReason commit(const Pick& pick, Workspace& workspace) {
    const StopReason reason = session_.accept(pick.token);
    workspace.picks().push_back(pick);
    if constexpr (kDrafterAccepts) drafter_->accept(pick.token);
    return reason;
  }

  Session<C, Chooser> session_;
  // The chain, in the rows behind draft tokens, and the tokens there.
  [[no_unique_address]] detail::AssignableIf<AcceptingProcessor<C>, C> ahead_;
  std::vector<Token> ahead_tokens_;
  std::size_t known_ = 0;  // of these, how many are the session's
  detail::Assignable<D> drafter_;
  [[no_unique_address]] detail::AssignableIf<kDrafterAccepts, D> unstarted_;
  detail::Assignable<Rule> rule_;
  detail::Assignable<N> numbers_;
  SpeculativeOptions options_;
  std::size_t vocabulary_;              // of the rows; 0 until the first
  std::vector<Probabilities> targets_;  // of a round
  SpeculationStatistics statistics_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
