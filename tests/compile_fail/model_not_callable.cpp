// expect: logitkit: a model is a callable from std::span<const lk::Token>
// SPDX-License-Identifier: MIT
// A row is not a model.
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const lk::GreedyDecoder decoder;
#ifdef LOGITKIT_FAIL
  const auto model = std::vector<float>(5);
#else
  const auto model = [](std::span<const lk::Token>) { return std::vector<float>(5); };
#endif
  static_cast<void>(decoder.decode(model, prompt, {}));
}
