// SPDX-License-Identifier: MIT
// Executor: who runs the parts of a batch. The library starts no thread; yours may run them.
#pragma once

#include <logitkit/version.hpp>

#include <concepts>
#include <cstddef>
#include <memory>

namespace logitkit::inline LOGITKIT_ABI {

/// A numbered piece of work: `task(i)`. Two pointers to what the caller holds, so copying it into a
/// queue or a std::function is cheap. It does not throw. Valid until the executor returns.
class Task {
 public:
  template <class F>
    requires(!std::same_as<F, Task> && std::invocable<const F&, std::size_t>)
  explicit Task(const F& run)
      : call_([](const void* f, std::size_t i) { (*static_cast<const F*>(f))(i); }),
        run_(std::addressof(run)) {}

  void operator()(std::size_t i) const { call_(run_, i); }

 private:
  void (*call_)(const void*, std::size_t);
  const void* run_;
};

/// `executor(count, task)` calls task(i) once for every i in [0, count), in any order, on any
/// threads, and returns when all are done. A loop is one; so is `#pragma omp parallel for` around
/// it, or a few lines over a thread pool: see examples/batch.cpp.
template <class E>
concept Executor =
    requires(E& executor, std::size_t count, const Task& task) { executor(count, task); };

/// Calls one after the other, in this thread.
struct Serial {
  void operator()(std::size_t count, const Task& task) const {
    for (std::size_t i = 0; i < count; ++i) task(i);
  }
};

static_assert(Executor<const Serial>);

}  // namespace logitkit::inline LOGITKIT_ABI
