// SPDX-License-Identifier: MIT
// A batch over threads: logitkit starts none, but spreads its work over those that you have.
#include <logitkit/logitkit.hpp>

#include <cmath>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace lk = logitkit;

// A plain thread pool that is an executor: pool(count, task) has task(i) called once for each
// i < count and returns when all calls have.
class ThreadPool {
 public:
  explicit ThreadPool(std::size_t size) {
    while (threads_.size() < size) threads_.emplace_back([this] { work(); });
  }
  ~ThreadPool() {
    std::unique_lock lock(mutex_);
    closing_ = true;
    lock.unlock();
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  void operator()(std::size_t count, const lk::Task& task) {
    std::unique_lock lock(mutex_);
    task_ = &task, next_ = 0, count_ = unfinished_ = count;
    wake_.notify_all();
    done_.wait(lock, [this] { return unfinished_ == 0; });
  }

 private:
  void work() {
    for (std::unique_lock lock(mutex_);;) {
      wake_.wait(lock, [this] { return closing_ || next_ < count_; });
      if (closing_) return;
      const std::size_t i = next_++;
      lock.unlock();
      (*task_)(i);
      lock.lock();
      if (--unfinished_ == 0) done_.notify_one();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const lk::Task* task_ = nullptr;
  std::size_t next_ = 0, count_ = 0, unfinished_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

// Stands for the forward pass: writes the scores of what may follow `tokens`.
constexpr std::size_t kVocabulary = 1000;
void forward(std::span<const lk::Token> tokens, std::span<float> row) {
  const auto last = float(tokens.back()), length = float(tokens.size());
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = 6 * std::sin(last + length * float(i));
}

// Six requests of different temperatures and lengths, to their end.
template <class Executor>
std::vector<std::vector<lk::Token>> generate(Executor& executor) {
  using Decoder = decltype(lk::RandomDecoder{lk::Chain{lk::Temperature{1.0f}, lk::TopP{0.9f}}});
  std::vector<Decoder::Session> sessions;
  for (std::uint64_t i = 0; i < 6; ++i) {
    const lk::Chain chain{lk::Temperature{0.25f * float(i)}, lk::TopP{0.9f}};
    const std::vector<lk::Token> prompt{1, 2, 3};
    sessions.push_back(Decoder{chain, {.seed = i}}.start(prompt, {.max_new_tokens = 3 + i}));
  }
  std::vector<float> rows(sessions.size() * kVocabulary);
  std::vector<lk::Workspace> workspaces(4);  // four tasks at most: one for each thread

  for (bool going = true; going;) {
    for (std::size_t r = 0; r < sessions.size(); ++r) {
      forward(sessions[r].tokens(), std::span(rows).subspan(r * kVocabulary, kVocabulary));
    }
    going = false;
    const auto picks = lk::next(rows, sessions, workspaces, executor);
    for (std::size_t r = 0; r < sessions.size(); ++r) {
      if (picks[r].status != lk::Status::ok) continue;  // this one has finished
      going |= sessions[r].accept(picks[r].token) == lk::StopReason::none;
    }
  }
  std::vector<std::vector<lk::Token>> texts;
  for (const auto& session : sessions) {
    texts.emplace_back(session.generated().begin(), session.generated().end());
  }
  return texts;
}

int main() {
  ThreadPool pool(4);
  const auto texts = generate(pool);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    std::cout << "request " << i << ':';
    for (const lk::Token token : texts[i]) std::cout << ' ' << token;
    std::cout << '\n';
  }
  lk::Serial serial;
  std::cout << (generate(serial) == texts ? "the same" : "NOT the same") << " in one thread\n";
}
// > request 0: 942 211 31
// > request 1: 33 666 312 120
// > request 2: 586 33 103 313 100
// > request 3: 146 520 169 390 238 16
// > request 4: 368 400 477 436 156 243 184
// > request 5: 695 114 313 701 594 87 646 464
// > the same in one thread
