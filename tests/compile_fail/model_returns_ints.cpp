// expect: logitkit: logits must be float, double, Eigen::half or Eigen::bfloat16
// SPDX-License-Identifier: MIT
// Logits are not whole numbers.
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const lk::GreedyDecoder decoder;
#ifdef LOGITKIT_FAIL
  const auto model = [](std::span<const lk::Token>) { return std::vector<int>(5); };
#else
  const auto model = [](std::span<const lk::Token>) { return std::vector<float>(5); };
#endif
  static_cast<void>(decoder.decode(model, prompt, {}));
}
