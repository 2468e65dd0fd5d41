// SPDX-License-Identifier: MIT
// What the examples of caches share: one story, to be told by 4 beams over any of them.
#pragma once

#include "storyteller/compiled_once.hpp"
#include "storyteller/embedded.hpp"
#include "storyteller/story.hpp"
#include "storyteller/transformer.hpp"

#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

constexpr std::size_t kBeams = 4;

// The keys or values of one row, where they do not lie side by side: gathered, column by column.
class Gathered {
 public:
  explicit Gathered(const storyteller::Shape& shape) : columns_(shape.kv(), shape.context) {}

  storyteller::Columns operator()(Eigen::Index count, const auto& column) {
    for (Eigen::Index t = 0; t < count; ++t) columns_.col(t) = column(t);
    return {columns_.data(), columns_.rows(), count};
  }

 private:
  Eigen::MatrixXf columns_;
};

struct KvStory {
  storyteller::Checkpoint checkpoint{storyteller::embedded_checkpoint(), "stories.bin"};
  storyteller::Tokenizer tokenizer{storyteller::embedded_tokenizer(), "tokenizer.bin", 512};
  std::string beginning = "Once upon a time";
  std::vector<logitkit::Token> prompt = tokenizer.encode(beginning);
  logitkit::Limits limits = storyteller::story_limits(checkpoint.shape(), 54);
  logitkit::BeamSearchDecoder<> beams{logitkit::Chain{}, {.beams = kBeams, .length_penalty = 0}};

  std::string text(const logitkit::Generation& found) const {
    return beginning + tokenizer.decode(found.tokens, prompt.back());
  }

  // Whether these are what the same search finds over the storyteller's own cache.
  std::string verdict(const std::vector<logitkit::Generation>& found) const {
    storyteller::Transformer plain(checkpoint);
    const bool same = std::ranges::equal(
        found, beams.decode(plain, prompt, limits),
        [](auto& a, auto& b) { return a.tokens == b.tokens && a.score == b.score; });
    return same ? "the texts are the same" : "the texts are NOT the same";
  }
};
