// SPDX-License-Identifier: MIT
// llama.cpp as a host: logitkit's chain among its samplers, and beam search over its cache.
#include "model.hpp"
#include "sampler.hpp"
#include "storyteller/compiled_once.hpp"
#include "storyteller/embedded.hpp"
#include "storyteller/story.hpp"
#include "storyteller/transformer.hpp"

#include <ggml-backend.h>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iostream>
#include <set>
#include <span>
#include <vector>

namespace {

namespace lk = logitkit;
using namespace storyteller;

constexpr std::uint32_t kVocabulary = 4096;  // of random rows

const char* verdict(bool same) { return same ? "the same" : "NOT the same"; }

/// What a sampler of llama.cpp says behind a prompt; the loop is llama.cpp's.
std::vector<Token> generate(host::Model& model, llama_sampler* sampler,
                            std::span<const Token> prompt) {
  model.prefill(prompt);
  std::vector<Token> tokens;
  while (tokens.size() < 48) {
    tokens.push_back(
        llama_sampler_sample(sampler, model.context(), -1));  // tells it to the sampler
    model.step({&tokens.back(), 1});
  }
  return tokens;
}

host::SamplerPointer chain_of(std::initializer_list<llama_sampler*> samplers) {
  host::SamplerPointer chain(llama_sampler_chain_init(llama_sampler_chain_default_params()));
  for (llama_sampler* each : samplers) llama_sampler_chain_add(chain.get(), each);
  return chain;
}

/// The tokens that a sampler leaves of a row.
std::set<Token> left_of(llama_sampler* sampler, const std::vector<float>& row) {
  std::vector<llama_token_data> data;
  for (const float logit : row) data.push_back({Token(data.size()), logit, 0});
  llama_token_data_array array{data.data(), data.size(), -1, false};
  llama_sampler_apply(sampler, &array);
  std::set<Token> tokens;
  for (std::size_t i = 0; i < array.size; ++i) tokens.insert(array.data[i].id);
  return tokens;
}

/// Rows whose best 40 hold anything from a hundredth of the probability to all of it.
std::vector<float> random_row(std::uint32_t number) {
  std::vector<float> row;
  for (std::uint32_t i = 0; i < kVocabulary; ++i) {
    const auto words = lk::philox4x32({i, number, 0, 0}, {2026, 7});
    const double sum = double(words[0]) + words[1] + words[2] + words[3];
    row.push_back(static_cast<float>(sum * 0x1p-32 * (1 + number % 16)));
  }
  return row;
}

}  // namespace

int main() {
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  ggml_backend_load_all_from_path(LLAMA_CPP_BACKENDS);
  const Checkpoint checkpoint(embedded_checkpoint(), "stories.bin");
  const Tokenizer tokenizer(embedded_tokenizer(), "tokenizer.bin", 512);
  const host::ModelPointer weights = host::load(checkpoint);
  host::Model model(weights.get(), 4);
  const std::vector<Token> prompt = tokenizer.encode("Once upon a time");

  // llama.cpp's loop, by its own sampler and by a chain of ours.
  const host::SamplerPointer own_greedy(llama_sampler_init_greedy());
  const host::SamplerPointer greedy(host::make_sampler(lk::Chain{}, lk::ChooseBest{}, 512));
  const std::vector<Token> expected = generate(model, own_greedy.get(), prompt);
  const std::vector<Token> tokens = generate(model, greedy.get(), prompt);
  std::cout << "Once upon a time" << tokenizer.decode(tokens, prompt.back()) << '\n'
            << "greedy: " << verdict(tokens == expected) << " as llama.cpp's\n";

  // What its usual chain leaves, that chain in ours, and ours behind its own top-k.
  const host::SamplerPointer theirs =
      chain_of({llama_sampler_init_top_k(40), llama_sampler_init_top_p(0.95f, 1),
                llama_sampler_init_min_p(0.05f, 1), llama_sampler_init_temp(0.8f)});
  const lk::Chain like_it{lk::TopK{40}, lk::TopP{0.95f}, lk::MinP{0.05f}, lk::Temperature{0.8f}};
  const lk::ChooseRandomly<lk::PhiloxDecider> draw{lk::PhiloxDecider(42, 0)};
  const host::SamplerPointer ours(host::make_sampler(like_it, draw, kVocabulary));
  const host::SamplerPointer both =
      chain_of({llama_sampler_init_top_k(40), llama_sampler_clone(ours.get())});
  int same = 0;
  std::set<std::size_t> sizes;
  for (std::uint32_t number = 0; number < 1000; ++number) {
    const std::vector<float> row = random_row(number);
    const std::set<Token> left = left_of(theirs.get(), row);
    same += left == left_of(ours.get(), row) && left == left_of(both.get(), row);
    sizes.insert(left.size());
  }
  std::cout << "top-k, top-p, min-p: the same tokens left of " << same << " rows in 1000, "
            << *sizes.begin() << " to " << *sizes.rbegin() << " of them\n";

  // Beam search over its cache, and over the storyteller's own model.
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 4, .length_penalty = 0}};
  const lk::Limits limits = story_limits(checkpoint.shape(), 50);
  const lk::Generation best = beams.decode(model, prompt, limits).front();
  Transformer transformer(checkpoint);
  const lk::Generation best_of_ours = beams.decode(transformer, prompt, limits).front();
  std::cout << "Once upon a time" << tokenizer.decode(best.tokens, prompt.back()) << '\n'
            << "beams: " << verdict(best.tokens == best_of_ours.tokens)
            << " as over the storyteller's own model\n";
}
// > Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big ball in her room. The ball was very happy.
// > greedy: the same as llama.cpp's
// > top-k, top-p, min-p: the same tokens left of 1000 rows in 1000, 1 to 38 of them
// > Once upon a time, there was a little boy named Timmy. Timmy loved to play outside. One day, he went to the park to play with his friends. They went to the park to play
// > beams: the same as over the storyteller's own model
