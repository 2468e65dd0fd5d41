// SPDX-License-Identifier: MIT
// Compiled with several sets of flags, and linked into one program by odr_link.cpp and
// without_exceptions.cpp.
#include <logitkit/logitkit.hpp>

namespace lk = logitkit;

std::vector<lk::Token> LOGITKIT_ODR_NAME() {
  const auto model = [](std::span<const lk::Token> tokens) {
    std::vector<float> row(4099);
    std::uint32_t state = 2654435761u * static_cast<std::uint32_t>(tokens.back() + 1);
    for (float& score : row) {
      state = state * 1664525u + 1013904223u;
      score = static_cast<float>(state >> 8) * 0x1p-21f;  // in [0, 8), exactly
    }
    return row;
  };
  const lk::Chain chain{lk::RepetitionPenalty{1.3f}, lk::Temperature{0.8f}, lk::TopP{0.9f}};
  const lk::Limits limits{.max_new_tokens = 24};
  const std::vector<lk::Token> prompt{1, 2, 3};

  std::vector<lk::Token> all;
  const auto append = [&](const lk::Generation& g) {
    all.insert(all.end(), g.tokens.begin(), g.tokens.end());
  };
  append(lk::GreedyDecoder{}.decode(model, prompt, limits));
  append(lk::RandomDecoder{chain, {.seed = 42}}.decode(model, prompt, limits));
  append(lk::RandomDecoder{lk::Chain{lk::MinP{0.05f}, lk::TopK{40}}}.decode(model, prompt, limits));
  lk::DynamicChain chosen;
  chosen.add(chain, "chain").add(lk::TopK{40});
  append(lk::RandomDecoder{chosen, {.seed = 43}}.decode(model, prompt, limits));
  for (const auto& g :
       lk::BeamSearchDecoder{lk::Chain{}, {.beams = 4}}.decode(model, prompt, limits))
    append(g);
  return all;
}
