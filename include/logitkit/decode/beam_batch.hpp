// SPDX-License-Identifier: MIT
// BeamBatch: many beam searches side by side in one batch of the model.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/core/row.hpp>
#include <logitkit/core/status.hpp>
#include <logitkit/decode/detail/next_rows.hpp>
#include <logitkit/decode/detail/run_tasks.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Steps a range of beam sessions, or of SamplesSessions, each with its own prompt, limits, chain
/// and options, as if it were one: rows of all their live beams in, one list of tokens and parents
/// out. The loop is that of a single search:
///
///   lk::BeamStep next = batch.step(rows_of_the_prompts, searches, workspaces);
///   while (!next.tokens.empty()) {
///     if (!next.identity) model.reorder(next.parents);
///     next = batch.step(model.step(next.tokens), searches, workspaces);
///   }
///
/// The rows of a search are side by side, those of searches[0] first: `live()` of each, which for
/// one that has not begun is the one row of its prompt. A search that is over has none, so that it
/// leaves the model's batch by itself; it may stay in the range or be erased. One that begins
/// later joins at the end of the range and of the block of rows. What a search finds depends on its
/// own rows alone: it is the same in any batch, from any executor and in any number of threads.
///
/// A bad row ends its own search. A block that has not as many rows as there are live beams ends
/// all of them with the status `wrong_length`. Where a search's processor or predicate throws,
/// `errors()` has what it threw and that search ends, by the reason `processor_failed` if its own
/// step has not ended it already; the others go on, since their step cannot be taken back. To end a
/// search from outside, let its Limits::stop_when say so: the rows of one that is ended by `stop`
/// would still be in the next block.
///
/// The memory of the lists, no more: a batch may serve one range of searches after the other.
/// Allocates nothing, beyond what the searches themselves do, once it has seen their number and
/// that of their beams.
class BeamBatch {
 public:
  /// One step of every search that is not over. Executor and workspaces are as in `next`: a task
  /// for each workspace, or each running search if there are fewer, takes search after search. The
  /// result is empty once all are over, and valid until the next call; parents are rows of this
  /// block.
  template <class R, class Searches, class Workspaces, class E = Serial>
  BeamStep step(const R& rows, Searches& searches, Workspaces&& workspaces, E&& executor = {}) {
    static_assert(detail::explain_batch<Workspaces, E>());
    const std::span<Workspace> spaces = detail::all_of(workspaces);
    const std::size_t count = std::size(searches);
    const std::size_t running = lay_out(searches);
    const auto all = as_rows(rows, first_rows_[count]);
    if (running == 0) return {};
    if (all.count != first_rows_[count] || all.vocabulary == 0) {
      for (auto& search : searches) search.stop(StopReason::bad_row, Status::wrong_length);
      return {};
    }

    using Score = typename decltype(all[0])::Score;
    const auto begin = [&](Workspace& workspace) {
      workspace.scratch<Score>().resize(all.vocabulary);  // now, whoever gets what later
    };
    const auto work = [&](std::size_t i, Workspace& workspace) {
      auto& search = std::data(searches)[i];
      const auto part = all.part(first_rows_[i], first_rows_[i + 1] - first_rows_[i]);
      if (part.count == 0) return;
      errors_[i] = detail::caught([&] { steps_[i] = search.step(part, workspace); });
      if (errors_[i]) search.stop(StopReason::processor_failed, Status::ok, errors_[i]);
    };
    detail::run_tasks(count, running, spaces, executor, begin, work);
    next_rows_.restart();
    for (std::size_t i = 0; i < count; ++i) next_rows_.add(steps_[i], first_rows_[i]);
    return next_rows_.step(first_rows_[count]);
  }

  /// What user code threw in the last step, one for each search; null where nothing was.
  [[nodiscard]] std::span<const std::exception_ptr> errors() const { return errors_; }

 private:
  /// Finds the rows of each search; returns how many searches have any.
  template <class Searches>
  std::size_t lay_out(const Searches& searches) {
    const std::size_t count = std::size(searches);
    first_rows_.assign(1, 0);
    std::size_t running = 0;
    for (const auto& search : searches) {
      first_rows_.push_back(first_rows_.back() + search.live());
      running += !search.done();
    }
    steps_.assign(count, BeamStep{});
    errors_.assign(count, nullptr);
    return running;
  }

  std::vector<std::size_t> first_rows_;     // of each search, and behind them how many there are
  std::vector<BeamStep> steps_;             // of each search
  std::vector<std::exception_ptr> errors_;  // of each search
  detail::NextRows next_rows_;              // of all
};

}  // namespace logitkit::inline LOGITKIT_ABI
