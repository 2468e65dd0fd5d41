// expect: logitkit: an executor is callable as executor\(count, task\) with a std::size_t and a const lk::Task&
// SPDX-License-Identifier: MIT
// A number of threads is no executor: the library starts none.
#include <logitkit/decode/batch.hpp>
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const std::vector sessions(2, lk::GreedyDecoder{}.start(prompt, {}));
  const std::vector<float> rows(10);
  std::vector<lk::Workspace> workspaces(2);
#ifdef LOGITKIT_FAIL
  static_cast<void>(lk::next(rows, sessions, workspaces, 2));
#else
  const auto backwards = [](std::size_t count, const lk::Task& task) {
    while (count-- > 0) task(count);
  };
  static_cast<void>(lk::next(rows, sessions, workspaces, backwards));
#endif
}
