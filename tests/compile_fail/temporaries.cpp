// expect: logitkit: this row is a temporary that owns its logits
// expect: logitkit: these logits are a temporary that owns them
// expect: logitkit: this mask is a temporary that owns its words
// SPDX-License-Identifier: MIT
// Rows, lists and masks are read in place: they must outlive what reads them.
#include <logitkit/core/candidates.hpp>
#include <logitkit/process/token_mask.hpp>

#include <vector>

namespace lk = logitkit;

int main() {
  lk::Workspace workspace;
  const std::vector<lk::Token> tokens{3, 1};
  const std::vector<float> logits(2);
  const std::vector<std::int32_t> words(5);
#if LOGITKIT_FAIL == 1
  const lk::Candidates candidates(std::vector<float>(2), workspace);
#elif LOGITKIT_FAIL == 2
  const lk::CandidateList list{tokens, std::vector<float>(2), 10};
#elif LOGITKIT_FAIL == 3
  const lk::TokenMask mask(std::vector<std::int32_t>(5));
#else
  const lk::Candidates candidates(logits, workspace);
  const lk::CandidateList list{tokens, logits, 10};
  const lk::TokenMask mask(words);
#endif
}
