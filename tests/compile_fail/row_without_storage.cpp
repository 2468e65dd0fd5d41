// expect: logitkit: logits must be a contiguous range with data\(\) and size\(\)
// SPDX-License-Identifier: MIT
// A list is not contiguous.
#include <logitkit/decode/greedy.hpp>

#include <list>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const auto session = lk::GreedyDecoder{}.start(prompt, {});
  lk::Workspace workspace;
#ifdef LOGITKIT_FAIL
  static_cast<void>(session.next(std::list<float>(5), workspace));
#else
  static_cast<void>(session.next(std::vector<float>(5), workspace));
#endif
}
