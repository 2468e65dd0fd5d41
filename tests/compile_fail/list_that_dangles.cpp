// expect: logitkit: these logits are a temporary that owns them
// SPDX-License-Identifier: MIT
// A list reads its logits in place: they must outlive it.
#include <logitkit/core/candidate_list.hpp>

#include <vector>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> tokens{3, 1};
#ifdef LOGITKIT_FAIL
  const lk::CandidateList list{tokens, std::vector<float>(2), 10};
#else
  const std::vector<float> logits(2);
  const lk::CandidateList list{tokens, logits, 10};
#endif
  static_cast<void>(list.vocabulary());
}
