// SPDX-License-Identifier: MIT
// An executor whose threads wait by spinning, so that a batch is measured and not their waking.
#pragma once

#include <logitkit/decode/executor.hpp>

#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace bench {

/// Runs tasks in the calling thread and in `others` more.
class Spinning {
 public:
  explicit Spinning(std::size_t others) : others_(others) {
    while (threads_.size() < others) threads_.emplace_back([this] { follow(); });
  }
  ~Spinning() {
    closing_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  Spinning(const Spinning&) = delete;
  Spinning& operator=(const Spinning&) = delete;

  void operator()(std::size_t count, const logitkit::Task& task) {
    task_ = &task, count_ = count;
    next_ = finished_ = 0;
    ++round_;
    work();
    while (finished_ < others_) std::this_thread::yield();
  }

 private:
  void follow() {
    for (std::size_t seen = 0; !closing_;) {
      if (round_ == seen) {
        std::this_thread::yield();
        continue;
      }
      ++seen;
      work();
      ++finished_;
    }
  }
  void work() {
    for (std::size_t i = next_++; i < count_; i = next_++) (*task_)(i);
  }

  std::size_t others_;
  const logitkit::Task* task_ = nullptr;
  std::size_t count_ = 0;
  std::atomic<std::size_t> round_ = 0, next_ = 0, finished_ = 0;
  std::atomic<bool> closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace bench
