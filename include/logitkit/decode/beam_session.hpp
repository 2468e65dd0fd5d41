// SPDX-License-Identifier: MIT
// BeamSession: one running beam search; rows of the live beams in, tokens and parents out.
#pragma once

#include <logitkit/core/generation.hpp>
#include <logitkit/decode/beam_options.hpp>
#include <logitkit/decode/beam_step.hpp>
#include <logitkit/decode/choose.hpp>
#include <logitkit/decode/detail/live_beams.hpp>
#include <logitkit/decode/detail/next_rows.hpp>
#include <logitkit/decode/finished_beams.hpp>
#include <logitkit/decode/plain_beams.hpp>
#include <logitkit/process/chain.hpp>
#include <logitkit/stop/first_met.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Made by `BeamSearchDecoder::start`. The first step takes one row, the prompt's (not one for each
/// beam: with Limits::vocabulary set, that is refused); each later one the rows of the live beams,
/// in the order of the last step's tokens.
///
/// Scores: each beam's chain sees log_softmax(logits); what it leaves is added to the beam's sum,
/// and is not normalised again unless the chain ends in Softmax. Which extensions compete and which
/// live on is the policy's, see PlainBeams. Those that meet a limit and are among the first `beams`
/// become finished hypotheses, those that do not may live on. This is Hugging Face's `_beam_search`
/// (transformers 4.50 to 5), and its older rules where BeamOptions::legacy says so. A beam whose
/// tokens are all banned dies; the search goes on with the others.
///
/// Where a processor's call or the predicate throws, the session is as it was before the step;
/// where its `accept` or copy does, the search is over and has what had finished.
///
/// A value: copying it forks the search. A step allocates nothing once all beams live, for as many
/// tokens as a Session's `accept` (fewer with more than 64 beams), but for the hypotheses that
/// finish and as the state of a chain grows. Its cost does not depend on the length so far.
template <class C, class P = PlainBeams>
class BeamSession {
 public:
  BeamSession(const C& chain, const BeamOptions& options, const P& policy,
              std::span<const Token> prompt, Limits limits)
      : options_(options),
        limits_(std::move(limits)),
        policy_(policy),
        live_(chain, policy.root(), prompt, checked(limits_, prompt, policy), options.report,
              options.beams),
        finished_(options.wanted()),
        vocabulary_(limits_.vocabulary) {
    if (MaxTokens{limits_.max_tokens}(context(0)) != StopReason::none) {
      stop(StopReason::max_tokens);
    }
  }

  /// Extends every live beam by its row. A bad row ends the search; what it had found is kept.
  template <class R>
  BeamStep step(const R& rows, Workspace& workspace) {
    if (done()) return {};
    const auto all = as_rows(rows, live_.size());
    if (vocabulary_ == 0) vocabulary_ = all.vocabulary;
    if (all.count != live_.size() || all.vocabulary == 0 || all.vocabulary != vocabulary_) {
      return stop(StopReason::bad_row, Status::wrong_length);
    }
    make_room();
    policy_.restart();
    models_.resize(live_.size());
    for (std::size_t r = 0; r < live_.size(); ++r) {
      const Status status = extend(r, all[r], workspace);
      if (status != Status::ok && status != Status::nothing_left) {
        return stop(StopReason::bad_row, status);
      }
    }
    const std::span<Extension> best = policy_.best_first();
    if (best.empty()) return dead_end();
    report(best, all, workspace);
    return select(best);
  }

  /// Ends the search from outside, as when the model has failed or a step has thrown: live beams
  /// end with `reason`, and the results are then all hypotheses, so that nothing is lost. Status
  /// and error are told by every result, also by those that had ended by themselves.
  BeamStep stop(StopReason reason, Status status = Status::ok, std::exception_ptr error = {}) {
    if (done() && !live_.broken()) return {};
    finished_.make_room(live_.size());
    for (std::size_t r = 0; r < live_.size(); ++r) finish(live_.generation(r), live_[r], reason);
    finished_.blame(status, error);
    interrupted_ = true;
    live_.clear();
    return {};
  }

  [[nodiscard]] bool done() const { return live_.empty(); }
  /// Whether a `stop` or a bad row has ended it.
  [[nodiscard]] bool interrupted() const { return interrupted_; }
  [[nodiscard]] std::size_t live() const { return live_.size(); }
  /// All tokens of live beam r, prompt included.
  [[nodiscard]] Context context(std::size_t r) const { return live_.context(r); }
  /// The sum of log-probabilities of live beam r.
  [[nodiscard]] double sum(std::size_t r) const { return live_[r].sum; }
  /// A view of the hypotheses that have ended so far, best first.
  [[nodiscard]] std::span<const Generation> finished() const { return finished_.best_first(); }

  [[nodiscard]] const Limits& limits() const { return limits_; }
  [[nodiscard]] P& policy() { return policy_; }
  [[nodiscard]] const P& policy() const { return policy_; }
  /// A copy of the n best, best first; while the search runs, of those that have ended; after a
  /// `stop`, of all.
  [[nodiscard]] std::vector<Generation> results() const {
    const auto all = finished_.best_first();
    const std::size_t n = interrupted_ ? all.size() : std::min(options_.returned(), all.size());
    std::vector<Generation> best(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n));
    policy_.weigh(best);
    return best;
  }

 private:
  static const Limits& checked(const Limits& limits, std::span<const Token> prompt,
                               const P& policy) {
    require(limits.check());
    require(limits.check_prompt(prompt));
    require(policy.check(limits, prompt.size()));
    return limits;
  }

  /// Before the first rows, and in a copy that lacks it: for all that a step lists.
  void make_room() {
    if (std::exchange(prepared_, true) && models_.capacity() >= options_.beams) return;
    policy_.prepare(options_, limits_, vocabulary_);
    models_.reserve(options_.beams);
    next_rows_.reserve(options_.beams);
  }

  /// Hands the policy what row r leaves its beam.
  template <std::floating_point S>
  Status extend(std::size_t r, Row<S> row, Workspace& workspace) {
    const auto& beam = live_[r];
    Candidates<S> candidates(row, workspace);
    if (const Status status = candidates.status_and_mass(); status != Status::ok) return status;
    models_[r] = detail::ModelReport(candidates, options_.report,
                                     live_.history().alternatives_after(beam.node));
    candidates.normalise();
    policy_.before_chain(candidates);
    (*beam.chain)(candidates, context(r));
    if (const Status status = candidates.status(); status != Status::ok) return status;
    policy_.extend(candidates,
                   ParentBeam<typename P::State>{r, beam.sum, beam.key, context(r), beam.state});
    return Status::ok;
  }

  /// Tells extensions what is to be reported of the model's; for ranks each row is read once more.
  void report(std::span<Extension> extensions, const auto& rows, Workspace& workspace) const {
    if (options_.report.model) {
      for (Extension& each : extensions) {
        const double logit = detail::logit_of(each.token, rows[each.parent]);
        each.model_log_probability = models_[each.parent].log_probability(logit);
      }
    }
    if (!options_.report.rank) return;
    for (std::size_t r = 0; r < models_.size(); ++r) {
      Candidates candidates(rows[r], workspace);
      for (Extension& each : extensions) {
        if (each.parent == r) each.rank = candidates.rank(each.token);
      }
    }
  }

  /// Of the best extensions: which end, which live on, and whether the search is over.
  BeamStep select(std::span<Extension> best) {
    // All of them before anything changes: the user's predicate may throw.
    for (Extension& each : best) each.reason = live_.with(each, FirstMet{limits_});
    policy_.survey(best, options_.beams, finished_);

    const double best_sum = best.front().sum;
    std::size_t alive = 0;  // those that do not end move to the front
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (!ends(best[i].reason)) {
        best[alive++] = best[i];
      } else if (i < options_.beams && policy_.may_end(best[i])) {
        finish(best[i]);
      }
    }
    if (alive == 0 && finished_.empty()) return dead_end();
    const std::size_t old_count = live_.size();
    const std::span<const Extension> survivors =
        best.first(policy_.keep(best.first(alive), options_.beams, finished_));
    live_.advance(survivors,
                  [&](typename P::State& state, Token token) { policy_.accept(state, token); });
    if (is_over(best_sum) || (options_.legacy && all_at_a_limit(survivors))) return dead_end();
    next_rows_.restart();
    for (const Extension& each : survivors) next_rows_.add(each.token, each.parent);
    return next_rows_.step(old_count);
  }

  /// Nothing goes on: the end of the search, or a bad row where it has found nothing.
  BeamStep dead_end() {
    if (finished_.empty()) return stop(StopReason::bad_row, Status::nothing_left);
    live_.clear();
    return {};
  }

  [[nodiscard]] bool ends(StopReason reason) const {
    return options_.legacy ? reason == StopReason::end_token : reason != StopReason::none;
  }

  /// Whether the search is over: with one beam, by its first hypothesis; else by all of them and
  /// the best live beam, or, by the legacy rules, the best extension of this step.
  [[nodiscard]] bool is_over(double best_sum) const {
    if (live_.empty() || (options_.beams == 1 && !finished_.empty())) return true;
    const std::size_t enough = options_.enough();
    if (policy_.by_key() || finished_.size() < enough) return false;
    if (!options_.legacy) best_sum = live_.best_sum();
    const Context so_far = context(0);
    const double attainable = options_.attainable(best_sum, so_far.generated().size(),
                                                  limits_.most_new_tokens(so_far.prompt().size()));
    return !(attainable > finished_.keys()[enough - 1]);
  }

  /// By the legacy rules: whether all survivors, now live, meet a limit; those that may end are
  /// then finished.
  [[nodiscard]] bool all_at_a_limit(std::span<const Extension> survivors) {
    for (const Extension& each : survivors) {
      if (each.reason == StopReason::none) return false;
    }
    for (std::size_t r = 0; r < survivors.size(); ++r) {
      if (!policy_.may_end(survivors[r])) continue;
      finish(live_.generation(r), live_[r], survivors[r].reason);
    }
    return true;
  }

  void finish(const Extension& extension) {
    const std::size_t length = context(extension.parent).generated().size() + 1;
    if (!finished_.takes(key(extension, length))) return;
    finish(live_.generation(extension), extension, extension.reason);
  }

  /// Of an extension or of a live beam.
  void finish(Generation result, const auto& beam, StopReason reason) {
    const std::size_t length = result.tokens.size();
    result.score = options_.score(beam.sum, length);
    result.reason = reason;
    result.stop_size = FirstMet{limits_}.stop_size(reason, result.tokens);
    finished_.add(std::move(result), key(beam, length));
  }

  /// What finished hypotheses are ordered by.
  [[nodiscard]] double key(const auto& beam, std::size_t length) const {
    return policy_.by_key() ? beam.key : options_.score(beam.sum, length);
  }

  BeamOptions options_;
  Limits limits_;
  P policy_;
  detail::LiveBeams<C, typename P::State> live_;  // best first; none: the search is over
  std::vector<detail::ModelReport> models_;       // of each live beam, in this step
  detail::NextRows next_rows_;                    // after the last step
  FinishedBeams finished_;
  std::size_t vocabulary_;    // of the rows; 0 until the first
  bool interrupted_ = false;  // by `stop`: all hypotheses are results
  bool prepared_ = false;     // the policy
};

}  // namespace logitkit::inline LOGITKIT_ABI
