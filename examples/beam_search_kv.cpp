// SPDX-License-Identifier: MIT
// Beam search over a model with a cache: what the model offers, and who may own the loop.
#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <span>
#include <vector>

namespace lk = logitkit;

// A recurrent network of 8 units over 12 tokens. Its cache is one column a row, as a KV cache is
// one block of keys and values a row.
struct RecurrentModel {
  Eigen::MatrixXf input = weights(8, 12), output = weights(12, 8), cache{};

  Eigen::MatrixXf prefill(std::span<const lk::Token> prompt) {  // -> V x 1
    cache.setZero(8, 1);
    for (const lk::Token& token : prompt) step({&token, 1});  // a span of one: there is one row
    return output * cache;
  }
  Eigen::MatrixXf step(std::span<const lk::Token> last) {  // one token a row -> V x rows
    cache = (0.9f * cache + input(Eigen::indexing::all, last)).array().tanh();
    return output * cache;
  }
  void reorder(std::span<const std::size_t> parents) {  // new row r continues old row parents[r]
    cache = cache(Eigen::indexing::all, parents).eval();
  }

  static Eigen::MatrixXf weights(Eigen::Index rows, Eigen::Index columns) {
    return Eigen::MatrixXf::NullaryExpr(rows, columns, [](Eigen::Index i, Eigen::Index j) {
      return 1.3f * std::sin(float(1 + 4 * i + 6 * j + i * j));
    });
  }
};

int main() {
  RecurrentModel model;
  const std::vector<lk::Token> prompt{3, 1, 4};
  const lk::Limits limits{.max_new_tokens = 10, .end_tokens = {0}};
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 3, .length_penalty = 1.0}};

  // The library owns the loop.
  const std::vector<lk::Generation> found = beams.decode(model, prompt, limits);
  for (const lk::Generation& each : found) {
    std::cout << "score " << std::round(1000 * each.score) / 1000 << ":";
    for (const lk::Token token : each.tokens) std::cout << ' ' << token;
    std::cout << '\n';
  }

  // The engine owns the loop: rows of the live beams in, their tokens and parents out.
  auto session = beams.start(prompt, limits);
  lk::Workspace workspace;
  int forwards = 1, reorders = 0;
  lk::BeamStep next = session.step(model.prefill(prompt), workspace);
  for (; !session.done(); ++forwards) {
    if (!next.identity) {  // else there is nothing to move
      model.reorder(next.parents);
      ++reorders;
    }
    next = session.step(model.step(next.tokens), workspace);
  }
  const std::vector<lk::Generation> again = session.results();
  const bool same = std::equal(found.begin(), found.end(), again.begin(), again.end(),
                               [](auto& a, auto& b) { return a.tokens == b.tokens; });
  std::cout << forwards << " forward passes, cache reordered " << reorders << " times\n"
            << "the engine's loop found " << (same ? "the same" : "something else") << '\n';
}
// > score -0.787: 5 10 10 2 0
// > score -0.891: 5 10 10 2 2 0
// > score -0.91: 8 1 8 7 7 2 2 0
// > 8 forward passes, cache reordered 6 times
// > the engine's loop found the same
