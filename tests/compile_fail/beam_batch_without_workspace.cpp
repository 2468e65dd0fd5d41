// expect: logitkit: a batch step takes one lk::Workspace or a contiguous range of them
// SPDX-License-Identifier: MIT
// A batch of beam searches needs scratch memory, too.
#include <logitkit/decode/beam_batch.hpp>
#include <logitkit/decode/beam_search.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  std::vector searches(2, lk::BeamSearchDecoder{}.start(prompt, {}));
  const std::vector<float> rows(10);
  lk::BeamBatch batch;
#ifdef LOGITKIT_FAIL
  batch.step(rows, searches, 2);
#else
  lk::Workspace workspace;
  batch.step(rows, searches, workspace);
#endif
}
