// SPDX-License-Identifier: MIT
// Quickstart: any function from tokens to logits is a model; three decoders turn it into text.
#include <logitkit/logitkit.hpp>

#include <cstddef>
#include <iostream>
#include <span>
#include <vector>

namespace lk = logitkit;

const std::vector<const char*> words{".", "the", "cat", "dog", "sees", "a", "small"};

// Row t scores every word as the successor of word t. A real engine runs a network here.
const Eigen::Matrix<float, 7, 7, Eigen::RowMajor> scores{
    // .   the  cat  dog  sees   a  small
    {0.0f, 2.0f, 0.0f, 0.0f, 0.0f, 1.5f, 0.0f},   // .
    {0.0f, 0.0f, 2.4f, 2.2f, 0.0f, 0.0f, 2.5f},   // the
    {2.4f, 0.0f, 0.0f, 0.0f, 2.5f, 0.0f, 0.0f},   // cat
    {2.6f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f, 0.0f},   // dog
    {0.0f, 3.0f, 0.0f, 0.0f, 0.0f, 2.5f, 0.0f},   // sees
    {0.0f, 0.0f, 1.5f, 2.0f, 0.0f, 0.0f, 2.0f},   // a
    {0.0f, 0.0f, 2.2f, 2.0f, 0.0f, 0.0f, 1.0f}};  // small

void print(const char* name, const lk::Generation& generation) {
  std::cout << name << " the";
  for (const lk::Token token : generation.tokens) std::cout << ' ' << words[std::size_t(token)];
  std::cout << "  (" << to_string(generation.reason) << ")\n";
}

int main() {
  const auto model = [](std::span<const lk::Token> tokens) -> Eigen::VectorXf {
    return scores.row(tokens.back());
  };
  const std::vector<lk::Token> prompt{1};
  const lk::Limits limits{.max_new_tokens = 12, .end_tokens = {0}};

  // The best word every time: it runs in circles.
  const lk::GreedyDecoder greedy;
  print("greedy:", greedy.decode(model, prompt, limits));

  // A draw from what the chain leaves; the same seed gives the same text on every machine.
  const lk::Chain chain{lk::Temperature{0.8f}, lk::TopK{4}, lk::TopP{0.95f}};
  const lk::RandomDecoder random{chain, {.seed = 42}};
  print("random:", random.decode(model, prompt, limits));

  // The sentences that are most probable as a whole, best first.
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 4, .length_penalty = 0, .n_best = 3}};
  for (const lk::Generation& each : beams.decode(model, prompt, limits)) print("beam:  ", each);
}
// > greedy: the small cat sees the small cat sees the small cat sees the  (max_new_tokens)
// > random: the cat sees a small cat sees the cat .  (end_token)
// > beam:   the dog .  (end_token)
// > beam:   the cat .  (end_token)
// > beam:   the small dog .  (end_token)
