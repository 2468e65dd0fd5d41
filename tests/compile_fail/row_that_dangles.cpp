// expect: logitkit: this row is a temporary that owns its logits
// SPDX-License-Identifier: MIT
// Candidates read a row in place: it must outlive them.
#include <logitkit/core/candidates.hpp>

#include <vector>

namespace lk = logitkit;

int main() {
  lk::Workspace workspace;
#ifdef LOGITKIT_FAIL
  const lk::Candidates candidates(std::vector<float>(5), workspace);
#else
  const std::vector<float> row(5);
  const lk::Candidates candidates(row, workspace);
#endif
  static_cast<void>(candidates.size());
}
