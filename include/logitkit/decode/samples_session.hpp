// SPDX-License-Identifier: MIT
// SamplesSession: n sequences of one prompt under way; rows in, tokens and parents out.
// SamplesOptions: how many, and which of them are results.
#pragma once

#include <logitkit/core/detail/assignable.hpp>
#include <logitkit/core/detail/scope_exit.hpp>
#include <logitkit/decode/choose.hpp>
#include <logitkit/decode/detail/next_rows.hpp>
#include <logitkit/decode/length_penalty.hpp>
#include <logitkit/process/chain.hpp>
#include <logitkit/stop/first_met.hpp>

#include <algorithm>
#include <set>

namespace logitkit::inline LOGITKIT_ABI {

struct SamplesOptions {
  std::size_t n = 4;       ///< sequences to draw, 1 to 65536
  std::size_t n_best = 0;  ///< results to return, <= n; 0: all
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
  /// score = sum of the model's log-probabilities / penalty(length): 0 ranks by probability, 1 by
  /// its mean a token.
  LengthPenalty length_penalty = 1;
  bool distinct = false;  ///< of equal token sequences, only the first drawn is returned
  Report report{};

  [[nodiscard]] std::string check() const {
    if (n < 1 || n > 65536) return misuse("SamplesOptions", "n", "1 <= n <= 65536", double(n));
    if (n_best > n) return misuse("SamplesOptions", "n_best", "n_best <= n", double(n_best));
    if (std::string wrong = length_penalty.check("SamplesOptions"); !wrong.empty()) return wrong;
    return report.check(n);
  }
};

/// The scorer where no other is given: Generation::score as it is.
struct OwnScore {
  [[nodiscard]] double operator()(const Generation& sample) const { return sample.score; }
};

/// Made by the `start` of a BestOfNDecoder or an ArithmeticDecoder. The first step takes one row,
/// the prompt's, from which all n first tokens are drawn; each later one the rows of the sequences
/// that have not ended, in the order of the last step's tokens. Those that end leave the batch.
///
/// No sequence knows of the others: one whose row is bad ends with that status, and the rest go on.
/// Scores: the sum of the model's log-probabilities over penalty(length); without a token,
/// none (NaN), which ranks last. Equal scores: the sequence with the lower number.
/// Where a processor's call throws, the session is as it was before the step; where its `accept` or
/// the predicate does, what has not ended is lost.
///
/// `Chooser` is the state of one sequence's choices: called as a decoder's chooser is, and copied.
/// A value: copying it forks all sequences. Memory: n rows of tokens, prompt included, and n
/// chains.
template <class C, class Chooser>
class SamplesSession {
 public:
  SamplesSession(const C& chain, const auto& choosers, const SamplesOptions& options,
                 std::span<const Token> prompt, Limits limits)
      : options_(options),
        report_(options.report),
        limits_(std::move(limits)),
        prompt_size_(prompt.size()),
        vocabulary_(limits_.vocabulary) {
    require(limits_.check());
    require(limits_.check_prompt(prompt));
    report_.model = true;  // for the scores
    const std::size_t reserved = detail::reserved_tokens(limits_, options_.n);
    samples_.resize(options_.n);
    states_.reserve(options_.n);
    for (std::size_t i = 0; i < options_.n; ++i) {
      states_.push_back({detail::Assignable<C>(chain), choosers(i, options, prompt.size()), {}});
      State& state = states_.back();
      state.tokens.reserve(prompt.size() + reserved);
      state.tokens.assign(prompt.begin(), prompt.end());
      if constexpr (StartingProcessor<C>) state.chain->start(prompt);
      live_.push_back(i);
    }
    next_choosers_.reserve(options_.n);
    if (MaxTokens{limits_.max_tokens}(context(0)) != StopReason::none) {
      stop(StopReason::max_tokens);
    }
  }

  /// Draws the next token of every sequence that has not ended.
  template <class R>
  BeamStep step(const R& rows, Workspace& workspace) {
    if (done()) return {};
    const std::size_t old_count = live(), count = live_.size();
    const auto all = as_rows(rows, old_count);
    if (vocabulary_ == 0) vocabulary_ = all.vocabulary;
    if (all.count != old_count || all.vocabulary == 0 || all.vocabulary != vocabulary_) {
      return stop(StopReason::bad_row, Status::wrong_length);
    }
    workspace.alternatives().clear();
    workspace.alternatives().reserve(count * report_.alternatives);  // they stay where they are
    auto& picks = workspace.picks();
    picks.clear();
    next_choosers_.clear();
    for (std::size_t r = 0; r < count; ++r) {
      const State& state = states_[live_[r]];
      next_choosers_.push_back(state.chooser);
      picks.push_back(detail::choose(all[started_ ? r : 0], *state.chain, next_choosers_.back(),
                                     context(r), report_, vocabulary_, workspace));
    }
    return commit(picks, old_count);
  }

  /// Ends all sequences from outside, for example because the model failed. None is lost.
  BeamStep stop(StopReason reason, Status status = Status::ok, std::exception_ptr error = {}) {
    for (const std::size_t i : live_) {
      samples_[i].error = error;
      finish(i, reason, status);
    }
    live_.clear();
    return {};
  }

  [[nodiscard]] bool done() const { return live_.empty(); }
  /// How many rows the next step takes: the prompt's, then one for each sequence that has not
  /// ended.
  [[nodiscard]] std::size_t live() const { return started_ || done() ? live_.size() : 1; }
  /// The number of live sequence r, 0 to n - 1.
  [[nodiscard]] std::size_t number(std::size_t r) const { return live_[r]; }
  /// All tokens of live sequence r, prompt included.
  [[nodiscard]] Context context(std::size_t r) const {
    return {states_[live_[r]].tokens, prompt_size_};
  }
  /// A view of all n by number; those that have not ended have no tokens and no reason yet.
  [[nodiscard]] std::span<const Generation> samples() const { return samples_; }

  /// A copy of the n best that have ended, best first, by the score that the scorer gives them: a
  /// callable from a Generation to a number, of which NaN ranks last.
  template <class F = OwnScore>
  [[nodiscard]] std::vector<Generation> results(F&& scorer = {}) const {
    auto before = [this](std::size_t a, std::size_t b) {
      return samples_[a].tokens < samples_[b].tokens;
    };
    std::set<std::size_t, decltype(before)> seen(before);
    std::vector<Generation> ranked;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (samples_[i].reason == StopReason::none) continue;
      if (options_.distinct && !seen.insert(i).second) continue;
      ranked.push_back(samples_[i]);
      ranked.back().score = scorer(std::as_const(ranked.back()));
    }
    const auto key = [](const Generation& sample) {
      constexpr double kLast = -std::numeric_limits<double>::infinity();
      return math::order_key(math::is_nan(sample.score) ? kLast : sample.score);
    };
    std::stable_sort(ranked.begin(), ranked.end(),
                     [&](const Generation& a, const Generation& b) { return key(a) > key(b); });
    if (options_.n_best != 0 && ranked.size() > options_.n_best) ranked.resize(options_.n_best);
    return ranked;
  }

 private:
  struct State {
    detail::Assignable<C> chain;
    Chooser chooser;
    std::vector<Token> tokens;  // the prompt first
  };

  BeamStep commit(std::span<const Pick> picks, std::size_t old_count) {
    detail::ScopeExit otherwise([this] { live_.clear(); });

    next_rows_.restart();
    std::size_t count = 0;  // of those that go on
    for (std::size_t r = 0; r < picks.size(); ++r) {
      const std::size_t i = live_[r];
      State& state = states_[i];
      if (picks[r].status != Status::ok) {
        finish(i, StopReason::bad_row, picks[r].status);
        continue;
      }
      state.chooser = next_choosers_[r];
      state.tokens.push_back(picks[r].token);
      detail::append(picks[r], samples_[i]);
      const StopReason reason = FirstMet{limits_}({state.tokens, prompt_size_});
      if (reason != StopReason::none) {
        finish(i, reason, Status::ok);
        continue;
      }
      if constexpr (AcceptingProcessor<C>) state.chain->accept(picks[r].token);
      live_[count++] = i;
      next_rows_.add(picks[r].token, started_ ? r : 0);
    }
    live_.resize(count);
    started_ = true;
    otherwise.release();
    return next_rows_.step(old_count);
  }

  void finish(std::size_t i, StopReason reason, Status status) {
    Generation& sample = samples_[i];
    auto& tokens = states_[i].tokens;
    const auto first = tokens.begin() + static_cast<std::ptrdiff_t>(prompt_size_);
    sample.tokens.assign(first, tokens.end());
    sample.reason = reason;
    sample.status = status;
    sample.stop_size = FirstMet{limits_}.stop_size(reason, sample.tokens);
    sample.score /= options_.length_penalty(sample.tokens.size());
    if (!options_.report.model) sample.model_log_probabilities = {};
    tokens = {};
  }

  SamplesOptions options_;
  Report report_;  // what is computed, the scores' part included
  Limits limits_;
  std::size_t prompt_size_;
  std::vector<State> states_;           // by number
  std::vector<Generation> samples_;     // by number
  std::vector<std::size_t> live_;       // the numbers of those that have not ended, ascending
  std::vector<Chooser> next_choosers_;  // of this step
  detail::NextRows next_rows_;          // after the last step
  std::size_t vocabulary_;              // of the rows; 0 until the first
  bool started_ = false;                // the prompt's row is behind
};

}  // namespace logitkit::inline LOGITKIT_ABI
