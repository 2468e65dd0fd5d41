// expect: logitkit: a batch step takes one lk::Workspace or a contiguous range of them
// SPDX-License-Identifier: MIT
// A batch needs scratch memory.
#include <logitkit/decode/batch.hpp>
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const std::vector sessions(2, lk::GreedyDecoder{}.start(prompt, {}));
  const std::vector<float> rows(10);
#ifdef LOGITKIT_FAIL
  static_cast<void>(lk::next(rows, sessions, 2));
#else
  lk::Workspace workspace;
  static_cast<void>(lk::next(rows, sessions, workspace));
#endif
}
