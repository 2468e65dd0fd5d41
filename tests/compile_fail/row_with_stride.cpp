// expect: logitkit: the scores of one row must be contiguous
// SPDX-License-Identifier: MIT
// A row of a column-major matrix is not contiguous.
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const auto session = lk::GreedyDecoder{}.start(prompt, {});
  lk::Workspace workspace;
  const Eigen::MatrixXf scores = Eigen::MatrixXf::Zero(5, 3);
#ifdef LOGITKIT_FAIL
  static_cast<void>(session.next(scores.row(1), workspace));
#else
  static_cast<void>(session.next(scores.col(1), workspace));
#endif
}
