// SPDX-License-Identifier: MIT
// next: one step for a batch of sessions, each with its own prompt, limits, chain and seed.
#pragma once

#include <logitkit/decode/executor.hpp>
#include <logitkit/decode/session.hpp>

#include <atomic>
#include <mutex>

namespace logitkit::inline LOGITKIT_ABI {

namespace detail {

template <class W>
concept WorkspaceOrRange = std::same_as<std::remove_cvref_t<W>, Workspace> || requires(W& w) {
  { std::data(w) } -> std::same_as<Workspace*>;
};

/// One workspace or a range of them, as a span.
template <class W>
[[nodiscard]] std::span<Workspace> all_of(W& workspaces) {
  if constexpr (std::same_as<W, Workspace>) {
    return {&workspaces, 1};
  } else {
    return {std::data(workspaces), std::size(workspaces)};
  }
}

/// One sentence for whoever hands something else to a batch step.
template <class Workspaces, class E>
consteval bool explain_batch() {
  static_assert(WorkspaceOrRange<Workspaces>,
                "logitkit: a batch step takes one lk::Workspace or a contiguous range of them, "
                "such as std::vector<lk::Workspace>");
  static_assert(Executor<std::remove_reference_t<E>>,
                "logitkit: an executor is callable as executor(count, task) with a std::size_t and "
                "a const lk::Task&, and calls task(i) for every i in [0, count)");
  return true;
}

/// Hands out the rows of a batch, or its searches, ascending, to whoever asks; none any more once
/// one has failed.
class RowQueue {
 public:
  explicit RowQueue(std::size_t count) : count_(count) {}

  /// Calls work(r) for row after row. Every row before one that throws has been handed out, so the
  /// first that fails is the same however the rows are spread.
  template <class F>
  void drain(const F& work) {
    for (std::size_t r; (r = next_.fetch_add(1, std::memory_order_relaxed)) < count_;) {
      if (const auto error = caught([&] { work(r); })) fail(r, error);
    }
  }

  /// Throws what the first failed row has thrown.
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void fail(std::size_t row, const std::exception_ptr& error) {
    next_.store(count_, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (row >= failed_) return;
    failed_ = row;
    error_ = error;
  }

  const std::size_t count_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;             // of what follows
  std::size_t failed_ = count_;  // the first row that has, if any
  std::exception_ptr error_{};
};

}  // namespace detail

/// Picks for sessions[r] by row r of `rows`, one pick each in the same order; commits nothing.
/// `rows` is one buffer of as many rows as there are sessions, or a contiguous range of as many
/// CandidateLists; otherwise every pick has the status `wrong_length`. `sessions` is a contiguous
/// range, and so is `workspaces`, which is not empty; one workspace by itself will do. A pick
/// depends on its own row and session alone: it is the same in any batch, from any executor and in
/// any number of threads. A finished session gets the status `finished`, and its row is not read.
/// The executor is asked for one task for each workspace, or each session if there are fewer; a
/// task takes row after row, because they differ in cost, and works in its own workspace. By
/// default all is done in this thread and in the first workspace.
/// The picks are in the first workspace, their alternatives in that of their task, valid until it
/// is used again. Allocates nothing once it has seen the vocabulary and the number of sessions.
/// Where processors throw, all tasks come to an end, then the first such row's exception is thrown.
/// What processors of different sessions share must bear being read at once.
template <class R, class Sessions, class Workspaces, class E = Serial>
[[nodiscard]] std::span<const Pick> next(const R& rows, const Sessions& sessions,
                                         Workspaces&& workspaces, E&& executor = {}) {
  static_assert(detail::explain_batch<Workspaces, E>());
  const std::span<Workspace> spaces = detail::all_of(workspaces);
  const std::size_t count = std::size(sessions);
  const auto all = as_rows(rows, count);
  auto& picks = spaces[0].picks();
  picks.assign(count, Pick{.status = Status::wrong_length});
  if (all.count != count || count == 0) return picks;

  using Score = typename decltype(all[0])::Score;
  std::size_t alternatives = 0;
  for (const auto& session : sessions) alternatives += session.report().alternatives;
  detail::RowQueue queue(count);
  const auto work = [&](std::size_t task) {
    Workspace& workspace = spaces[task];
    workspace.scratch<Score>().resize(all.vocabulary);  // now, whoever gets which rows later
    workspace.alternatives().clear();
    workspace.alternatives().reserve(alternatives);  // those of a pick stay where they are
    queue.drain(
        [&](std::size_t r) { picks[r] = std::data(sessions)[r].next_in_batch(all[r], workspace); });
  };
  constexpr bool kSerial = std::same_as<std::remove_cvref_t<E>, Serial>;
  executor(kSerial ? 1 : std::min(count, spaces.size()), Task(work));
  queue.rethrow();
  return picks;
}

}  // namespace logitkit::inline LOGITKIT_ABI
