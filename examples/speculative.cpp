// SPDX-License-Identifier: MIT
// Speculative decoding: a small model guesses, the large one verifies several tokens in one go. The
// text has exactly the distribution that the large one alone gives it.
#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cstddef>
#include <iostream>
#include <span>
#include <vector>

namespace lk = logitkit;

// Two toy models over ten tokens. The large one looks at two tokens, the small one at the last.
std::vector<float> small_model(std::span<const lk::Token> tokens) {
  std::vector<float> logits(10);
  for (int t = 0; t < 10; ++t) logits[std::size_t(t)] = float((7 * t + 3 * tokens.back()) % 10) / 2;
  return logits;
}
std::vector<float> large_model(std::span<const lk::Token> tokens) {
  std::vector<float> logits = small_model(tokens);
  logits[std::size_t(tokens[tokens.size() - 2] + 5) % 10] += 2;
  return logits;
}

void print(const char* name, const lk::SpeculativeGeneration& generation) {
  std::cout << name;
  for (std::size_t i = 0; i < 10; ++i) std::cout << ' ' << generation.tokens[i];
  const lk::SpeculationStatistics& all = generation.speculation;
  std::cout << " ...\n  " << all.tokens << " tokens in " << all.rounds << " rounds; "
            << all.accepted << " of " << all.drafted << " guesses taken\n";
}

int main() {
  const lk::Chain chain{lk::RepetitionPenalty{1.1f}, lk::Temperature{0.8f}, lk::TopP{0.95f}};
  const std::vector<lk::Token> prompt{3, 1};
  const lk::Limits limits{.max_new_tokens = 200};
  const lk::SpeculativeOptions options{.draft_tokens = 4, .seed = 42};

  // A draft is verified as a whole, the default, or token by token, which takes a bit less of it.
  const lk::ModelDrafter small{small_model, lk::TopK{5}};
  const lk::SpeculativeDecoder block{chain, small, options};
  print("block: ", block.decode(large_model, prompt, limits));
  const lk::SpeculativeDecoder token{chain, small, options, lk::TokenRule{}};
  print("token: ", token.decode(large_model, prompt, limits));

  // Any callable may guess. Coupled, the tokens are those without speculation, one by one.
  const auto echo = [](const lk::Context& context, std::size_t n) {
    const auto tokens = context.tokens.last(std::min(n, context.tokens.size()));
    return std::vector<lk::Token>(tokens.begin(), tokens.end());
  };
  const lk::SpeculativeDecoder coupled{chain, echo, options, lk::Coupled{}};
  const lk::SpeculativeGeneration same = coupled.decode(large_model, prompt, limits);
  print("echo:  ", same);
  const lk::RandomDecoder alone{chain, {.seed = 42}};
  const bool equal = same.tokens == alone.decode(large_model, prompt, limits).tokens;
  std::cout << "  " << (equal ? "the same" : "not the same") << " as RandomDecoder\n";
}
// > block:  8 5 3 0 7 5 2 0 7 4 ...
// >   200 tokens in 76 rounds; 124 of 301 guesses taken
// > token:  8 6 3 0 8 5 2 0 7 4 ...
// >   200 tokens in 89 rounds; 111 of 353 guesses taken
// > echo:   8 6 3 0 8 5 2 3 7 8 ...
// >   200 tokens in 141 rounds; 59 of 551 guesses taken
// >   the same as RandomDecoder
