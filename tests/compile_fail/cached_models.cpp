// expect: logitkit: several rows need a model with reorder\(parents\)
// expect: logitkit: speculation needs a model with score\(tokens\)
// SPDX-License-Identifier: MIT
// A model with a cache must be able to fork rows for beams, and for speculation to read several
// tokens at once and take some back.
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/speculative.hpp>

namespace lk = logitkit;

struct Model {
  std::vector<float> prefill(std::span<const lk::Token>) { return {1, 2, 3}; }
  std::vector<float> step(std::span<const lk::Token> last) {
    return std::vector<float>(3 * last.size());
  }
#if LOGITKIT_FAIL != 1
  void reorder(std::span<const std::size_t>) {}
#endif
#if LOGITKIT_FAIL != 2
  std::vector<float> score(std::span<const lk::Token> tokens) { return step(tokens); }
  void rewind(std::size_t) {}
#endif
};

int main() {
  const std::vector<lk::Token> prompt{1};
  const auto guess = [](const lk::Context&, std::size_t n) { return std::vector<lk::Token>(n); };
  static_cast<void>(lk::BeamSearchDecoder{}.decode(Model{}, prompt, {}));
  static_cast<void>(lk::SpeculativeDecoder{lk::Chain{}, guess}.decode(Model{}, prompt, {}));
}
