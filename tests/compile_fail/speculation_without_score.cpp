// expect: logitkit: speculation needs a model with score\(tokens\)
// SPDX-License-Identifier: MIT
// Speculation reads several tokens at once and takes some back: a model with a cache must be able
// to.
#include <logitkit/decode/speculative.hpp>

namespace lk = logitkit;

struct Model {
  std::vector<float> prefill(std::span<const lk::Token>) { return {1, 2, 3}; }
  std::vector<float> step(std::span<const lk::Token>) { return {1, 2, 3}; }
#ifndef LOGITKIT_FAIL
  std::vector<float> score(std::span<const lk::Token> tokens) {
    return std::vector<float>(3 * tokens.size());
  }
  void rewind(std::size_t) {}
#endif
};

int main() {
  const std::vector<lk::Token> prompt{1};
  const auto guess = [](const lk::Context&, std::size_t n) { return std::vector<lk::Token>(n); };
  const lk::SpeculativeDecoder decoder{lk::Chain{}, guess};
  static_cast<void>(decoder.decode(Model{}, prompt, {.max_new_tokens = 2}));
}
