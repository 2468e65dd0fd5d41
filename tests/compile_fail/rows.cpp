// expect: logitkit: logits must be float, double, Eigen::half or Eigen::bfloat16
// expect: logitkit: logits must be a contiguous range with data\(\) and size\(\)
// expect: logitkit: the scores of one row must be contiguous
// expect: unevaluated Eigen expression
// SPDX-License-Identifier: MIT
// A session reads logits in memory, one beside the other.
#include <logitkit/decode/greedy.hpp>

#include <list>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const auto session = lk::GreedyDecoder{}.start(prompt, {});
  lk::Workspace workspace;
  const Eigen::MatrixXf scores = Eigen::MatrixXf::Zero(5, 3);
  const Eigen::VectorXf one = scores.col(1);
#if LOGITKIT_FAIL == 1
  static_cast<void>(session.next(std::vector<int>(5), workspace));
#elif LOGITKIT_FAIL == 2
  static_cast<void>(session.next(std::list<float>(5), workspace));
#elif LOGITKIT_FAIL == 3
  static_cast<void>(session.next(scores.row(1), workspace));
#elif LOGITKIT_FAIL == 4
  static_cast<void>(session.next(one * 2.0f, workspace));
#else
  static_cast<void>(session.next(std::vector<float>(5), workspace));
  static_cast<void>(session.next(scores.col(1), workspace));
  static_cast<void>(session.next((one * 2.0f).eval(), workspace));
#endif
}
