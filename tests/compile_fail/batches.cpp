// expect: logitkit: an executor is callable as executor\(count, task\) with a std::size_t and a const lk::Task&
// expect: logitkit: a batch step takes one lk::Workspace or a contiguous range of them
// expect: logitkit: a batch step takes one lk::Workspace or a contiguous range of them
// SPDX-License-Identifier: MIT
// A batch needs scratch memory, and a number of threads is no executor: the library starts none.
#include <logitkit/decode/batch.hpp>
#include <logitkit/decode/beam_batch.hpp>
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const std::vector sessions(2, lk::GreedyDecoder{}.start(prompt, {}));
  std::vector searches(2, lk::BeamSearchDecoder{}.start(prompt, {}));
  const std::vector<float> rows(10);
  std::vector<lk::Workspace> workspaces(2);
  lk::BeamBatch batch;
#if LOGITKIT_FAIL == 1
  static_cast<void>(lk::next(rows, sessions, workspaces, 2));
#elif LOGITKIT_FAIL == 2
  static_cast<void>(lk::next(rows, sessions, 2));
#elif LOGITKIT_FAIL == 3
  batch.step(rows, searches, 2);
#else
  const auto backwards = [](std::size_t count, const lk::Task& task) {
    while (count-- > 0) task(count);
  };
  static_cast<void>(lk::next(rows, sessions, workspaces, backwards));
  static_cast<void>(lk::next(rows, sessions, workspaces[0]));
  batch.step(rows, searches, workspaces[0]);
#endif
}
