// SPDX-License-Identifier: MIT
// BeamSession: one running beam search; rows of the live beams in, tokens and parents out.
#pragma once

#include <logitkit/core/generation.hpp>
#include <logitkit/decode/beam_options.hpp>
#include <logitkit/decode/beam_step.hpp>
#include <logitkit/decode/choose.hpp>
#include <logitkit/decode/detail/beam.hpp>
#include <logitkit/decode/detail/finished_beams.hpp>
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
/// Where a processor's call or the predicate throws, the session is as it was before the step.
template <class C>
class BeamSession {
 public:
  BeamSession(const C& chain, const BeamOptions& options, std::span<const Token> prompt,
              Limits limits)
      : options_(options),
        limits_(std::move(limits)),
        prompt_size_(prompt.size()),
        finished_(options.beams),
        vocabulary_(limits_.vocabulary) {
    require(limits_.check());
    require(limits_.check_prompt(prompt));
    beams_.push_back({{prompt.begin(), prompt.end()}, detail::Assignable<C>(chain), 0, {}, {}});
    if constexpr (StartingProcessor<C>) beams_[0].chain->start(prompt);
    if (MaxTokens{limits_.max_tokens}({prompt, prompt_size_}) != StopReason::none) {
      stop(StopReason::max_tokens);
    }
  }

  /// Extends every live beam by its row. A bad row ends the search; what it had found is kept.
  template <class R>
  BeamStep step(const R& rows, Workspace& workspace) {
    if (done_) return {};
    const auto all = as_rows(rows, beams_.size());
    if (vocabulary_ == 0) vocabulary_ = all.vocabulary;
    if (all.count != beams_.size() || all.vocabulary == 0 || all.vocabulary != vocabulary_) {
      return stop(StopReason::bad_row, Status::wrong_length);
    }
    extensions_.clear();
    for (std::size_t r = 0; r < beams_.size(); ++r) {
      const Status status = extend(r, all[r], workspace);
      if (status != Status::ok && status != Status::nothing_left) {
        return stop(StopReason::bad_row, status);
      }
    }
    if (extensions_.empty()) return stop(StopReason::bad_row, Status::nothing_left);
    return select();
  }

  /// Ends the search from outside, for example because the model failed: live beams end with
  /// `reason`, and the results are then all hypotheses, so that nothing is lost; status and error
  /// are told by every result, those that had ended by themselves included.
  BeamStep stop(StopReason reason, Status status = Status::ok, std::exception_ptr error = {}) {
    const bool natural = status == Status::nothing_left && !finished_.empty();
    if (!done_ && !natural) {
      finished_.make_room(beams_.size());
      for (Beam& beam : beams_) {
        finished_.add(generation(beam, reason));
      }
      finished_.blame(status, error);
      interrupted_ = true;
    }
    done_ = true;
    beams_.clear();
    return {};
  }

  [[nodiscard]] bool done() const { return done_; }
  [[nodiscard]] std::size_t live() const { return beams_.size(); }
  /// All tokens of live beam r, prompt included.
  [[nodiscard]] Context context(std::size_t r) const { return {beams_[r].tokens, prompt_size_}; }
  /// The sum of log-probabilities of live beam r.
  [[nodiscard]] double sum(std::size_t r) const { return beams_[r].sum; }
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

  [[nodiscard]] double score(double sum, std::size_t length) const {
    return length == 0 ? sum : sum / math::power(double(length), options_.length_penalty);
  }

  /// The K of the class comment: enough for `beams` to live on if every end token comes up.
  [[nodiscard]] std::size_t competitors() const {
    return std::max<std::size_t>(2, 1 + limits_.end_tokens.size()) * options_.beams;
  }

  /// Adds the K best extensions of beam r.
  template <std::floating_point S>
  Status extend(std::size_t r, Row<S> row, Workspace& workspace) {
    Beam& beam = beams_[r];
    beam.alternatives.resize((beam.tokens.size() - prompt_size_) * options_.report.alternatives);
    Candidates<S> candidates(row, workspace);
    if (const Status status = candidates.status(); status != Status::ok) return status;
    const detail::ModelReport model(candidates, options_.report, beam.alternatives);
    candidates.normalise();
    (*beam.chain)(candidates, context(r));
    if (const Status status = candidates.status(); status != Status::ok) return status;
    double last_score = 0, last_sum = std::numeric_limits<double>::infinity();
    for (const auto& [token, score] : candidates.sorted(competitors())) {
      double sum = beam.sum + score;
      // What is less probable stays so, even where the sum would round the difference away.
      if (score < last_score && sum >= last_sum) {
        sum = std::nextafter(last_sum, -std::numeric_limits<double>::infinity());
      }
      last_score = score, last_sum = sum;
      extensions_.push_back(
          {sum, token, r, math::widen(row[static_cast<std::size_t>(token)]) - model.log_sum_exp});
    }
    return Status::ok;
  }

  /// Of all extensions: which end, which live on, and whether the search is over.
  BeamStep select() {
    const std::size_t count = std::min(competitors(), extensions_.size());
    std::partial_sort(extensions_.begin(), extensions_.begin() + static_cast<std::ptrdiff_t>(count),
                      extensions_.end());
    extensions_.resize(count);

    reasons_.clear();  // all of them before anything changes: the user's predicate may throw
    for (const Extension& extension : extensions_) reasons_.push_back(reason_for(extension));

    const std::size_t old_count = beams_.size();
    parents_.clear();
    tokens_.clear();
    while (next_.size() < std::min(options_.beams, count)) next_.push_back(beams_[0]);
    for (std::size_t i = 0; i < count; ++i) {
      const Extension& extension = extensions_[i];
      if (reasons_[i] != StopReason::none) {
        if (i < options_.beams) finish(extension, reasons_[i]);
      } else if (parents_.size() < options_.beams) {
        fork(extension, next_[parents_.size()]);
        parents_.push_back(extension.parent);
        tokens_.push_back(extension.token);
      }
    }
    beams_.swap(next_);
    beams_.erase(beams_.begin() + static_cast<std::ptrdiff_t>(parents_.size()), beams_.end());
    return decide(old_count);
  }

  /// Whether the search is over, by the finished hypotheses and the best live beam.
  BeamStep decide(std::size_t old_count) {
    if (!beams_.empty() && finished_.full()) {
      std::size_t length = beams_[0].tokens.size() - prompt_size_;
      if (options_.early_stopping == EarlyStopping::never && options_.length_penalty > 0) {
        length = std::min(limits_.max_new_tokens, limits_.max_tokens - prompt_size_);
      }
      improvable_ = improvable_ && score(beams_[0].sum, length) > finished_.worst();
    }
    done_ = beams_.empty() || !improvable_ || enough();
    if (done_) {
      beams_.clear();
      return {};
    }
    bool identity = parents_.size() == old_count;
    for (std::size_t r = 0; r < parents_.size(); ++r) identity = identity && parents_[r] == r;
    return {tokens_, parents_, identity};
  }

  /// Whether the rule `when_full` has nothing to wait for.
  [[nodiscard]] bool enough() const {
    return options_.early_stopping == EarlyStopping::when_full && finished_.full();
  }

  /// Why the parent's sequence would end with this token.
  [[nodiscard]] StopReason reason_for(const Extension& extension) {
    struct Borrowed {  // gives the history back even when the user's predicate throws
      std::vector<Token>& history;
      ~Borrowed() { history.pop_back(); }
    };
    std::vector<Token>& history = beams_[extension.parent].tokens;
    history.push_back(extension.token);
    const Borrowed with_token{history};
    return FirstMet{limits_}({history, prompt_size_});
  }

  void finish(const Extension& extension, StopReason reason) {
    Beam ended = beams_[extension.parent];
    fork(extension, ended);
    finished_.add(generation(ended, reason));
  }

  /// Makes `child` the extension; its memory is reused.
  void fork(const Extension& extension, Beam& child) const {
    const Beam& parent = beams_[extension.parent];
    child.tokens = parent.tokens;
    child.tokens.push_back(extension.token);
    child.chain = parent.chain;
    if constexpr (AcceptingProcessor<C>) child.chain->accept(extension.token);
    child.sum = extension.sum;
    child.model_log_probabilities = parent.model_log_probabilities;
    if (options_.report.model) {
      child.model_log_probabilities.push_back(extension.model_log_probability);
    }
    child.alternatives = parent.alternatives;
  }

  [[nodiscard]] Generation generation(Beam& beam, StopReason reason) const {
    Generation result;
    result.tokens.assign(beam.tokens.begin() + static_cast<std::ptrdiff_t>(prompt_size_),
                         beam.tokens.end());
    result.score = score(beam.sum, result.tokens.size());
    result.reason = reason;
    if (reason == StopReason::stop_sequence) {
      result.stop_size = StopSequence{limits_.stop_sequences}.matched(result.tokens);
    }
    result.model_log_probabilities = std::move(beam.model_log_probabilities);
    result.alternatives = std::move(beam.alternatives);
    result.alternatives.resize(result.tokens.size() * options_.report.alternatives);
    return result;
  }

  BeamOptions options_;
  Limits limits_;
  std::size_t prompt_size_;
  std::vector<Beam> beams_;            // live, best first
  std::vector<Beam> next_;             // the next live beams, and their memory
  std::vector<Extension> extensions_;  // of this step
  std::vector<StopReason> reasons_;    // why each of them ends, if it does
  std::vector<Token> tokens_;          // of the last step
  std::vector<std::size_t> parents_;   // of the last step
  detail::FinishedBeams finished_;
  std::size_t vocabulary_;    // of the rows; 0 until the first
  bool improvable_ = true;    // a live beam may still enter the finished ones
  bool interrupted_ = false;  // by `stop`: all hypotheses are results
  bool done_ = false;
};

}  // namespace logitkit::inline LOGITKIT_ABI
