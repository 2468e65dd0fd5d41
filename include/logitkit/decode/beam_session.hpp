// SPDX-License-Identifier: MIT
// BeamSession: one running beam search; rows of the live beams in, tokens and parents out.
#pragma once

#include <logitkit/core/generation.hpp>
#include <logitkit/decode/beam_options.hpp>
#include <logitkit/decode/beam_step.hpp>
#include <logitkit/decode/choose.hpp>
#include <logitkit/decode/detail/finished_beams.hpp>
#include <logitkit/decode/detail/live_beams.hpp>
#include <logitkit/math/exponential.hpp>
#include <logitkit/process/chain.hpp>
#include <logitkit/stop/first_met.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Made by `BeamSearchDecoder::start`. The first step takes one row, the prompt's (not one for each
/// beam: with Limits::vocabulary set, that is refused); each later one the rows of the live beams,
/// in the order of the last step's tokens.
///
/// Scores: each beam's chain sees log_softmax(logits); what it leaves is added to the beam's sum,
/// and is not normalised again unless the chain ends in Softmax. Of all one-token extensions the
/// best K = max(2, 1 + end tokens) * beams compete: those that meet a limit and are among the first
/// `beams` become finished hypotheses, the best `beams` of the others live on. Equal sums: the
/// lower token, then the lower beam. This is Hugging Face's `_beam_search` (transformers 4.50 to
/// 5). A beam whose tokens are all banned dies; the search goes on with the others.
///
/// Where a processor's call or the predicate throws, the session is as it was before the step;
/// where its `accept` or copy does, the search is over and has what had finished.
///
/// A value: copying it forks the search. A step allocates nothing once all beams live, for as many
/// tokens as a Session's `accept` (fewer with more than 64 beams), but for the hypotheses that
/// finish and as the state of a chain grows. Its cost does not depend on the length so far.
template <class C>
class BeamSession {
 public:
  BeamSession(const C& chain, const BeamOptions& options, std::span<const Token> prompt,
              Limits limits)
      : options_(options),
        limits_(std::move(limits)),
        live_(chain, prompt, checked(limits_, prompt), options.report, options.beams),
        finished_(options.beams),
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
    best_.restart(competitors());
    for (std::size_t r = 0; r < live_.size(); ++r) {
      const Status status = extend(r, all[r], workspace);
      if (status != Status::ok && status != Status::nothing_left) {
        return stop(StopReason::bad_row, status);
      }
    }
    const std::span<Extension> best = best_.best_first();
    if (best.empty()) return stop(StopReason::bad_row, Status::nothing_left);
    if (options_.report.rank) rank(best, all, workspace);
    return select(best);
  }

  /// Ends the search from outside, for example because the model failed: live beams end with
  /// `reason`, and the results are then all hypotheses, so that nothing is lost; status and error
  /// are told by every result, those that had ended by themselves included.
  BeamStep stop(StopReason reason, Status status = Status::ok, std::exception_ptr error = {}) {
    const bool natural = status == Status::nothing_left && !finished_.empty();
    if (!done() && !natural) {
      finished_.make_room(live_.size());
      for (std::size_t r = 0; r < live_.size(); ++r) {
        finished_.add(hypothesis(live_.generation(r), live_[r].sum, reason));
      }
      finished_.blame(status, error);
      interrupted_ = true;
    }
    live_.clear();
    return {};
  }

  [[nodiscard]] bool done() const { return live_.empty(); }
  [[nodiscard]] std::size_t live() const { return live_.size(); }
  /// All tokens of live beam r, prompt included.
  [[nodiscard]] Context context(std::size_t r) const { return live_.context(r); }
  /// The sum of log-probabilities of live beam r.
  [[nodiscard]] double sum(std::size_t r) const { return live_[r].sum; }
  /// A view of the hypotheses that have ended so far, best first.
  [[nodiscard]] std::span<const Generation> finished() const { return finished_.best_first(); }

  [[nodiscard]] const Limits& limits() const { return limits_; }
  /// A copy of the n best, best first; while the search runs, of those that have ended; after a
  /// `stop`, of all.
  [[nodiscard]] std::vector<Generation> results() const {
    const auto all = finished_.best_first();
    std::size_t n = options_.n_best == 0 ? options_.beams : options_.n_best;
    if (interrupted_ || n > all.size()) n = all.size();
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n)};
  }

 private:
  using Beam = detail::Beam<C>;
  using Extension = detail::Extension;

  static const Limits& checked(const Limits& limits, std::span<const Token> prompt) {
    require(limits.check());
    require(limits.check_prompt(prompt));
    return limits;
  }

  [[nodiscard]] double score(double sum, std::size_t length) const {
    return length == 0 ? sum : sum / math::power(double(length), options_.length_penalty);
  }

  /// The K of the class comment: enough for `beams` to live on if every end token comes up.
  [[nodiscard]] std::size_t competitors() const {
    return std::max<std::size_t>(2, 1 + limits_.end_tokens.size()) * options_.beams;
  }

  /// Before the first rows: for all that a step lists.
  void make_room() {
    const std::size_t most = std::min(competitors(), options_.beams * vocabulary_);
    best_.reserve(most);
    reasons_.reserve(most);
    tokens_.reserve(options_.beams);
    parents_.reserve(options_.beams);
  }

  /// Offers the extensions of beam r that may be among the K best so far.
  template <std::floating_point S>
  Status extend(std::size_t r, Row<S> row, Workspace& workspace) {
    const Beam& beam = live_[r];
    Candidates<S> candidates(row, workspace);
    if (const Status status = candidates.status(); status != Status::ok) return status;
    const detail::ModelReport model(candidates, options_.report,
                                    live_.history().alternatives_after(beam.node));
    candidates.normalise();
    (*beam.chain)(candidates, context(r));
    if (const Status status = candidates.status(); status != Status::ok) return status;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    double last_score = kInfinity, last_sum = kInfinity;
    for (const auto& [token, score] : candidates.sorted(competitors(), best_.at_least(beam.sum))) {
      double sum = beam.sum + score;
      // What is less probable stays so, even where the sum would round the difference away, and
      // what is as probable stays beside it.
      if (math::order_key(score) == math::order_key(last_score)) {
        sum = last_sum;
      } else if (math::order_key(sum) >= math::order_key(last_sum)) {
        sum = std::nextafter(last_sum, -kInfinity);
      }
      last_score = score, last_sum = sum;
      const double logit = math::widen(row[static_cast<std::size_t>(token)]);
      best_.offer({sum, token, r, model.log_probability(logit)});
    }
    return Status::ok;
  }

  /// Tells the extensions their ranks by the model: each parent's row is read once more.
  void rank(std::span<Extension> best, const auto& rows, Workspace& workspace) const {
    for (std::size_t r = 0; r < live_.size(); ++r) {
      Candidates candidates(rows[r], workspace);
      for (Extension& each : best) {
        if (each.parent == r) each.rank = candidates.rank(each.token);
      }
    }
  }

  /// Of the K best extensions: which end, which live on, and whether the search is over.
  BeamStep select(std::span<Extension> best) {
    reasons_.clear();  // all of them before anything changes: the user's predicate may throw
    for (const Extension& extension : best) reasons_.push_back(reason_for(extension));

    const std::size_t old_count = live_.size();
    std::size_t count = 0;  // of those that live on, which move to the front
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (reasons_[i] != StopReason::none) {
        if (i < options_.beams) finish(best[i], reasons_[i]);
      } else if (count < options_.beams) {
        best[count++] = best[i];
      }
    }
    live_.advance(best.first(count));
    if (is_over()) {
      live_.clear();
      return {};
    }
    tokens_.clear();
    parents_.clear();
    bool identity = count == old_count;
    for (const Extension& extension : best.first(count)) {
      identity = identity && extension.parent == parents_.size();
      tokens_.push_back(extension.token);
      parents_.push_back(extension.parent);
    }
    return {tokens_, parents_, identity};
  }

  /// Whether the search is over, by the finished hypotheses and the best live beam.
  [[nodiscard]] bool is_over() {
    if (live_.empty()) return true;
    if (finished_.full()) {
      std::size_t length = context(0).generated().size();
      if (options_.early_stopping == EarlyStopping::never && options_.length_penalty > 0) {
        length = std::min(limits_.max_new_tokens, limits_.max_tokens - context(0).prompt().size());
      }
      improvable_ = improvable_ && score(live_[0].sum, length) > finished_.worst();
    }
    return !improvable_ ||
           (options_.early_stopping == EarlyStopping::when_full && finished_.full());
  }

  /// Why the parent's sequence would end with this token.
  [[nodiscard]] StopReason reason_for(const Extension& extension) {
    struct Borrowed {  // gives the history back even when the user's predicate throws
      std::vector<Token>& history;
      ~Borrowed() { history.pop_back(); }
    };
    const std::size_t prompt_size = context(extension.parent).prompt().size();
    std::vector<Token>& history = live_[extension.parent].tokens;
    history.push_back(extension.token);
    const Borrowed with_token{history};
    return FirstMet{limits_}({history, prompt_size});
  }

  void finish(const Extension& extension, StopReason reason) {
    const std::size_t length = context(extension.parent).generated().size() + 1;
    if (!finished_.takes(score(extension.sum, length))) return;
    finished_.add(hypothesis(live_.generation(extension), extension.sum, reason));
  }

  [[nodiscard]] Generation hypothesis(Generation result, double sum, StopReason reason) const {
    result.score = score(sum, result.tokens.size());
    result.reason = reason;
    if (reason == StopReason::stop_sequence) {
      result.stop_size = StopSequence{limits_.stop_sequences}.matched(result.tokens);
    }
    return result;
  }

  BeamOptions options_;
  Limits limits_;
  detail::LiveBeams<C> live_;         // best first; none: the search is over
  detail::BestExtensions best_;       // of this step
  std::vector<StopReason> reasons_;   // why each of them ends, if it does
  std::vector<Token> tokens_;         // of the last step
  std::vector<std::size_t> parents_;  // of the last step
  detail::FinishedBeams finished_;
  std::size_t vocabulary_;    // of the rows; 0 until the first
  bool improvable_ = true;    // a live beam may still enter the finished ones
  bool interrupted_ = false;  // by `stop`: all hypotheses are results
};

}  // namespace logitkit::inline LOGITKIT_ABI
