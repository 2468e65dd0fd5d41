// SPDX-License-Identifier: MIT
// run_tasks: the parts of a batch, shared out among an executor's tasks, a workspace for each.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/core/workspace.hpp>
#include <logitkit/decode/executor.hpp>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>
#include <span>

namespace logitkit::inline LOGITKIT_ABI::detail {

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

/// Hands out the numbers from 0 to count - 1, ascending, to whoever asks; none any more once the
/// work on one has failed.
class WorkQueue {
 public:
  explicit WorkQueue(std::size_t count) : count_(count) {}

  /// Calls work(i) for number after number. Every one before one that throws has been handed out,
  /// so the first that fails is the same however they are spread.
  template <class F>
  void drain(const F& work) {
    for (std::size_t i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < count_;) {
      if (const auto error = caught([&] { work(i); })) fail(i, error);
    }
  }

  /// Throws what the first that failed has thrown.
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

 private:
  void fail(std::size_t i, const std::exception_ptr& error) {
    next_.store(count_, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    if (i >= failed_) return;
    failed_ = i;
    error_ = error;
  }

  const std::size_t count_;
  std::atomic<std::size_t> next_ = 0;
  std::mutex mutex_;             // of what follows
  std::size_t failed_ = count_;  // the first that has, if any
  std::exception_ptr error_{};
};

/// Calls work(i, workspace) for every i in [0, count), in as many tasks as there are workspaces, or
/// `most` if that is fewer; each has a workspace of its own, for which `begin` is called first. By
/// Serial there is one task.
/// Where work throws, all tasks come to an end, then the first such exception is thrown.
template <class E>
void run_tasks(std::size_t count, std::size_t most, std::span<Workspace> spaces, E&& executor,
               const auto& begin, const auto& work) {
  WorkQueue queue(count);
  const auto run = [&](std::size_t task) {
    begin(spaces[task]);
    queue.drain([&](std::size_t i) { work(i, spaces[task]); });
  };
  constexpr bool kSerial = std::same_as<std::remove_cvref_t<E>, Serial>;
  executor(kSerial ? 1 : std::min(most, spaces.size()), Task(run));
  queue.rethrow();
}

}  // namespace logitkit::inline LOGITKIT_ABI::detail
