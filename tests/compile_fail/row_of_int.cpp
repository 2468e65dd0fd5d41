// expect: logitkit: logits must be float, double, Eigen::half or Eigen::bfloat16
// SPDX-License-Identifier: MIT
// A session reads logits, not whole numbers.
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const auto session = lk::GreedyDecoder{}.start(prompt, {});
  lk::Workspace workspace;
#ifdef LOGITKIT_FAIL
  static_cast<void>(session.next(std::vector<int>(5), workspace));
#else
  static_cast<void>(session.next(std::vector<float>(5), workspace));
#endif
}
