// SPDX-License-Identifier: MIT
// The slow twin of SynthIdWatermark: each layer on all probabilities, each context from the start.
#pragma once

#include "reference/scores.hpp"

#include <logitkit/process/detail/synth_id.hpp>

#include <random>

namespace reference {

/// A layer's bit of a token after a context.
inline bool synth_id_bit(std::vector<logitkit::Token> context, logitkit::Token token,
                         std::int64_t key, const logitkit::SynthIdOptions& options) {
  std::uint64_t hash = 1;
  context.push_back(token);
  const auto take = [&](std::int64_t x) {
    hash = (hash + std::uint64_t(x)) * 6364136223846793005u + 1;
  };
  for (const logitkit::Token each : context) take(each);
  take(key);
  const auto size = std::int64_t(options.table_size);
  const auto place = (std::int64_t(hash) % size + size) % size;
  std::mt19937 random(options.table_seed);
  random.discard(std::uint64_t(place));
  return random() % 2 == 1;
}

/// The last ngram - 1 generated tokens, with zeros before them.
inline std::vector<logitkit::Token> synth_id_context(std::span<const logitkit::Token> generated,
                                                     std::size_t ngram) {
  std::vector<logitkit::Token> context(ngram - 1);
  context.insert(context.end(), generated.begin(), generated.end());
  return {context.end() - static_cast<std::ptrdiff_t>(ngram - 1), context.end()};
}

inline Scores synth_id(Scores scores, std::span<const logitkit::Token> generated,
                       const logitkit::SynthIdOptions& options) {
  const auto context = synth_id_context(generated, options.ngram);
  for (std::size_t back = 1; back <= std::min(options.history, generated.size()); ++back) {
    const auto earlier = generated.first(generated.size() - back);
    if (synth_id_context(earlier, options.ngram) == context) return scores;
  }
  Scores p = probabilities(scores);
  for (const std::int64_t key : options.keys) {
    long double mass = 0;
    std::vector<int> bits;
    for (std::size_t t = 0; t < p.size(); ++t) {
      bits.push_back(synth_id_bit(context, logitkit::Token(t), key, options));
      mass += p[t] * bits[t];
    }
    for (std::size_t t = 0; t < p.size(); ++t) p[t] *= 1 + bits[t] - mass;
  }
  for (std::size_t t = 0; t < p.size(); ++t) scores[t] = std::log(p[t]);
  return scores;
}

}  // namespace reference
