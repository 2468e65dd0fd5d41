// SPDX-License-Identifier: MIT
// What a consumer builds that shows how logitkit is found: one decoder, one model.
#include <logitkit/decode/greedy.hpp>

#include <span>
#include <vector>

namespace lk = logitkit;

int main() {
  const auto model = [](std::span<const lk::Token> tokens) {
    return std::vector<float>{0, tokens.back() == 1 ? 2.0f : 1.0f, 1.5f};
  };
  const std::vector<lk::Token> prompt{1}, expected{1, 1};
  return lk::GreedyDecoder{}.decode(model, prompt, {.max_new_tokens = 2}).tokens != expected;
}
