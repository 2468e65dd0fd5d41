// SPDX-License-Identifier: MIT
// DiverseBeams: groups of beams that search side by side, each dissuaded from the others' tokens.
#pragma once

#include <logitkit/core/detail/scope_exit.hpp>
#include <logitkit/core/token_counts.hpp>
#include <logitkit/decode/beam_session.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct DiverseOptions {
  std::size_t groups = 2;  ///< 1 to beams, of which it is a divisor
  double penalty = 0.5;    ///< >= 0, finite
};

/// Diverse beam search: the beams are divided into groups. At each step the groups choose one after
/// the other, and a token loses `penalty` of its log-probability, before the chain, for each beam
/// of an earlier group that has just taken it; so the sums of later groups have the penalties in
/// them. Each group has hypotheses and a stopping rule of its own. One group is plain beam search.
/// Source: Vijayakumar et al. 2016, "Diverse Beam Search", with its Hamming diversity; Hugging
/// Face's `num_beam_groups` and `diversity_penalty` (with BeamOptions::legacy, its results, but for
/// EarlyStopping::never in groups of one beam, which are greedy searches).
class DiverseBeams {
 public:
  explicit DiverseBeams(const DiverseOptions& options = {}) : options_(options) {}

  [[nodiscard]] const DiverseOptions& options() const { return options_; }

  [[nodiscard]] std::string check(const BeamOptions& options) const {
    const auto& [groups, penalty] = options_;
    if (groups < 1 || groups > options.beams || options.beams % groups != 0) {
      return misuse("DiverseBeams", "groups", "groups divides beams", double(groups));
    }
    if (!(penalty >= 0 && penalty - penalty == 0)) {
      return misuse("DiverseBeams", "penalty", "0 <= penalty < inf", penalty);
    }
    BeamOptions each = options;
    each.beams /= groups;
    if (options.n_best <= groups * each.wanted()) return {};
    return misuse("BeamOptions", "n_best", "n_best <= groups * round(patience * beams / groups)",
                  double(options.n_best));
  }

 private:
  DiverseOptions options_;
};

namespace detail {

/// Plain beams whose every row loses `penalty` for each time that a token has been taken.
class DissuadedBeams : public PlainBeams {
 public:
  explicit DissuadedBeams(double penalty) : penalty_(penalty) {}
  /// Whatever the groups before this one have taken at this step.
  void dissuade(const TokenCounts& taken) { taken_ = taken; }
  /// Adds what this group has taken: also where a limit has then ended it, but no end token.
  void tell(TokenCounts& taken) const {
    for (const Token token : chosen_) taken.add(token);
  }

  template <std::floating_point S>
  void before_chain(Candidates<S>& candidates) const {
    for (const auto& [token, count] : taken_) {
      candidates.add(token, static_cast<S>(-penalty_ * double(count)));
    }
  }
  void restart() {
    PlainBeams::restart();
    chosen_.clear();  // not in `survey`: there is none where all beams die
  }
  void survey(std::span<const Extension> competitors, std::size_t beams, const FinishedBeams&) {
    for (const Extension& each : competitors) {
      if (each.reason != StopReason::end_token && chosen_.size() < beams) {
        chosen_.push_back(each.token);
      }
    }
  }

 private:
  double penalty_;
  TokenCounts taken_;
  std::vector<Token> chosen_;
};

}  // namespace detail

/// The groups of one running search, used as the session of one group is. The first step takes the
/// prompt's row for all groups; each later one the rows of the live beams, group by group. A group
/// that is over has no rows.
template <class C>
class BeamSession<C, DiverseBeams> {
 public:
  BeamSession(const C& chain, const BeamOptions& options, const DiverseBeams& policy,
              std::span<const Token> prompt, const Limits& limits)
      : returned_(options.returned()) {
    const DiverseOptions& diverse = policy.options();
    BeamOptions each = options;
    each.beams = options.beams / diverse.groups;
    each.n_best = std::min(returned_, each.wanted());
    groups_.assign(diverse.groups,
                   BeamSession<C, detail::DissuadedBeams>(
                       chain, each, detail::DissuadedBeams(diverse.penalty), prompt, limits));
  }

  /// A bad row ends the whole search; so does what a processor or the predicate throws.
  template <class R>
  BeamStep step(const R& rows, Workspace& workspace) {
    if (done()) return {};
    const std::size_t old_count = live();
    auto all = as_rows(rows, old_count);
    if (all.count != old_count) return stop(StopReason::bad_row, Status::wrong_length);

    detail::ScopeExit otherwise([this] {
      end(StopReason::processor_failed, Status::ok, {});
      broken_ = true;
    });
    taken_.clear();
    next_rows_.restart();
    std::size_t first_row = 0;
    for (auto& group : groups_) {
      if (group.done()) continue;
      const std::size_t count = group.live();
      group.policy().dissuade(taken_);
      const BeamStep step = group.step(all.part(first_row, count), workspace);
      if (group.interrupted()) {
        otherwise.release();
        return end(StopReason::bad_row, group.finished().front().status, {});
      }
      next_rows_.add(step, first_row);
      group.policy().tell(taken_);
      if (started_) first_row += count;
    }
    otherwise.release();
    started_ = true;
    return next_rows_.step(old_count);
  }

  /// As BeamSession::stop, in every group.
  BeamStep stop(StopReason reason, Status status = Status::ok, std::exception_ptr error = {}) {
    return done() && !broken_ ? BeamStep{} : end(reason, status, error);
  }

  [[nodiscard]] bool done() const {
    return std::all_of(groups_.begin(), groups_.end(), [](auto& group) { return group.done(); });
  }
  [[nodiscard]] bool interrupted() const {
    return std::any_of(groups_.begin(), groups_.end(),
                       [](auto& group) { return group.interrupted(); });
  }
  [[nodiscard]] std::size_t live() const {
    if (!started_) return groups_[0].live();
    std::size_t count = 0;
    for (const auto& group : groups_) count += group.live();
    return count;
  }
  /// Of row r, group by group.
  [[nodiscard]] Context context(std::size_t r) const {
    return of_row(r, [](const auto& group, std::size_t at) { return group.context(at); });
  }
  [[nodiscard]] double sum(std::size_t r) const {
    return of_row(r, [](const auto& group, std::size_t at) { return group.sum(at); });
  }
  /// A copy of all groups' hypotheses, best first; equals, the earlier group.
  [[nodiscard]] std::vector<Generation> finished() const {
    std::vector<Generation> all;
    for (const auto& group : groups_) {
      all.insert(all.end(), group.finished().begin(), group.finished().end());
    }
    for (Generation& each : all) each.status = status_, each.error = error_;
    std::stable_sort(all.begin(), all.end(), [](const Generation& a, const Generation& b) {
      return math::order_key(a.score) > math::order_key(b.score);
    });
    return all;
  }

  [[nodiscard]] const Limits& limits() const { return groups_[0].limits(); }
  /// The n best of all groups; after a `stop`, all.
  [[nodiscard]] std::vector<Generation> results() const {
    std::vector<Generation> all = finished();
    if (!interrupted() && all.size() > returned_) all.resize(returned_);
    return all;
  }

 private:
  BeamStep end(StopReason reason, Status status, const std::exception_ptr& error) {
    status_ = status, error_ = error, broken_ = false;
    for (auto& group : groups_) group.stop(reason, status, error);
    return {};
  }
  [[nodiscard]] auto of_row(std::size_t r, const auto& what) const {
    std::size_t g = 0;
    for (; r >= groups_[g].live(); ++g) r -= groups_[g].live();
    return what(groups_[g], r);
  }

  std::vector<BeamSession<C, detail::DissuadedBeams>> groups_;
  TokenCounts taken_;           // at this step, by the groups so far
  detail::NextRows next_rows_;  // after the last step
  std::size_t returned_;
  Status status_ = Status::ok;  // what ended the whole search, if it was not the search itself
  std::exception_ptr error_{};
  bool broken_ = false;   // by what a step has thrown
  bool started_ = false;  // the first row has come
};

}  // namespace logitkit::inline LOGITKIT_ABI
