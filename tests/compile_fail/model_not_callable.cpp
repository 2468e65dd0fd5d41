// expect: logitkit: a model is a callable from std::span<const lk::Token>
// SPDX-License-Identifier: MIT
// A row is not a model.
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
#ifdef LOGITKIT_FAIL
  const auto model = std::vector<float>(5);
#else
  const auto model = [](std::span<const lk::Token>) { return std::vector<float>(5); };
#endif
  static_cast<void>(lk::GreedyDecoder{}.decode(model, prompt, {}));
  static_cast<void>(lk::BeamSearchDecoder{}.decode(model, prompt, {}));
}
