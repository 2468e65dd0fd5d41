// expect: logitkit: several rows need a model with reorder\(parents\)
// SPDX-License-Identifier: MIT
// Beam search forks rows: a model with a cache must be able to.
#include <logitkit/decode/beam_search.hpp>

namespace lk = logitkit;

struct Model {
  std::vector<float> prefill(std::span<const lk::Token>) { return {1, 2, 3}; }
  std::vector<float> step(std::span<const lk::Token> last) {
    return std::vector<float>(3 * last.size());
  }
#ifndef LOGITKIT_FAIL
  void reorder(std::span<const std::size_t>) {}
#endif
};

int main() {
  const std::vector<lk::Token> prompt{1};
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 2}};
  static_cast<void>(beams.decode(Model{}, prompt, {.max_new_tokens = 2}));
}
