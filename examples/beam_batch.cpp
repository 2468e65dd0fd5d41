// SPDX-License-Identifier: MIT
// Many beam searches in one batch: each has its own prompt, width, chain and limits.
#include "storyteller/compiled_once.hpp"
#include "storyteller/embedded.hpp"
#include "storyteller/story.hpp"
#include "storyteller/transformer.hpp"

#include <logitkit/logitkit.hpp>

#include <cstddef>
#include <iostream>
#include <string>
#include <vector>

namespace lk = logitkit;
using namespace storyteller;

struct Request {
  std::string text;
  std::size_t beams, new_tokens;
  float repetition_penalty;

  // What one request wants; all share a type, so that their searches can share a batch.
  auto decoder() const {
    return lk::BeamSearchDecoder{lk::Chain{lk::RepetitionPenalty{repetition_penalty}},
                                 {.beams = beams, .length_penalty = 0}};
  }
};

int main() {
  const std::vector<Request> requests{{"Once upon a time", 4, 24, 1.0f},
                                      {"The dragon was", 1, 12, 1.2f},
                                      {"Lily had a red ball", 6, 16, 1.1f},
                                      {"One day, a cat", 2, 36, 1.0f}};
  const Checkpoint checkpoint(embedded_checkpoint(), "stories.bin");
  const Tokenizer tokenizer(embedded_tokenizer(), "tokenizer.bin", 512);
  Transformer model(checkpoint);

  // Each prompt is read once, into one row, however many beams will go on from it.
  std::vector<decltype(requests[0].decoder())::Session> searches;
  Eigen::MatrixXf first(checkpoint.shape().vocabulary, Eigen::Index(requests.size()));
  for (const Request& request : requests) {
    const std::vector<Token> prompt = tokenizer.encode(request.text);
    first.col(Eigen::Index(searches.size())) = model.append(prompt);
    searches.push_back(
        request.decoder().start(prompt, story_limits(checkpoint.shape(), request.new_tokens)));
  }

  // From here on this is the loop of a single search. One that is over has no rows any more.
  lk::BeamBatch batch;
  std::vector<lk::Workspace> workspaces(2);  // for two tasks, where an executor runs them
  std::cout << "rows in the model: " << model.rows();
  lk::BeamStep next = batch.step(first, searches, workspaces);
  while (!next.tokens.empty()) {
    if (!next.identity) model.reorder(next.parents);
    std::cout << ' ' << model.rows();
    next = batch.step(model.step(next.tokens), searches, workspaces);
  }
  std::cout << '\n';

  bool same = true;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::vector<Token> prompt = tokenizer.encode(requests[i].text);
    const lk::Generation best = searches[i].results().front();
    std::cout << requests[i].text << tokenizer.decode(best.tokens, prompt.back()) << '\n';
    const lk::Generation expected =
        requests[i].decoder().decode(model, prompt, searches[i].limits()).front();
    same = same && best.tokens == expected.tokens && best.score == expected.score;
  }
  std::cout << (same ? "the same" : "NOT the same") << " as each alone\n";
}
// > rows in the model: 4 13 13 13 13 13 13 13 13 13 13 13 12 12 12 12 6 6 6 6 6 6 6 6 2 2 2 2 2 2 2 2 2 2 2 2
// > Once upon a time, there was a little boy named Timmy. Timmy loved to play outside. One day
// > The dragon was very special. He wanted to c
// > Lily had a red ball in the park, there was a little boy named Tim. Tim
// > One day, a cat named Buddy went to the park to play. He saw a big, red ball. The cat said, "Hi, I
// > the same as each alone
