// expect: unevaluated Eigen expression
// SPDX-License-Identifier: MIT
// A session reads memory, not an expression.
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const auto session = lk::GreedyDecoder{}.start(prompt, {});
  lk::Workspace workspace;
  const Eigen::VectorXf scores = Eigen::VectorXf::Zero(5);
#ifdef LOGITKIT_FAIL
  static_cast<void>(session.next(scores * 2.0f, workspace));
#else
  static_cast<void>(session.next((scores * 2.0f).eval(), workspace));
#endif
}
