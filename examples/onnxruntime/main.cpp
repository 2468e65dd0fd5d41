// SPDX-License-Identifier: MIT
// ONNX Runtime as a host: several beam searches, of which each step is one batch of the model.
#include "onnx.hpp"

#include <onnxruntime_cxx_api.h>
#include <logitkit/logitkit.hpp>

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <span>
#include <string>
#include <vector>

namespace lk = logitkit;

// A column of `state` is what the network remembers of one row, as a KV cache has one block a row.
class Model {
 public:
  explicit Model(const std::string& file)
      : session_(environment_, file.data(), file.size(), Ort::SessionOptions()) {}

  const Eigen::MatrixXf& prefill(std::span<const lk::Token> prompt) {
    state_.resize(state_.rows(), 0);
    return append(prompt);
  }
  const Eigen::MatrixXf& append(std::span<const lk::Token> prompt) {  // one more row -> V x 1
    Eigen::MatrixXf row = Eigen::VectorXf::Zero(state_.rows());
    for (const lk::Token& token : prompt) run({&token, 1}, row);
    state_.conservativeResize(Eigen::NoChange, state_.cols() + 1);
    state_.rightCols(1) = row;
    return logits_;
  }
  const Eigen::MatrixXf& step(std::span<const lk::Token> last) {  // one token a row -> V x rows
    run(last, state_);
    return logits_;
  }
  void reorder(std::span<const std::size_t> parents) {
    state_ = state_(Eigen::indexing::all, parents).eval();
  }

 private:
  // Reads one token into each column of `state`; rows of a tensor are columns of Eigen's.
  void run(std::span<const lk::Token> last, Eigen::MatrixXf& state) {
    next_.resize(state.rows(), state.cols());
    logits_.resize(logits_.rows(), state.cols());
    const auto tensor = [&](auto* data, std::size_t size, std::vector<std::int64_t> shape) {
      return Ort::Value::CreateTensor(memory_, data, size, shape.data(), shape.size());
    };
    const auto matrix = [&](Eigen::MatrixXf& m) {
      return tensor(m.data(), std::size_t(m.size()), {m.cols(), m.rows()});
    };
    auto* tokens = const_cast<lk::Token*>(last.data());  // an input, so it is only read
    const std::array inputs{tensor(tokens, last.size(), {std::int64_t(last.size())}),
                            matrix(state)};
    std::array outputs{matrix(next_), matrix(logits_)};
    constexpr std::array from{"token", "state"}, to{"next", "logits"};
    session_.Run(Ort::RunOptions(), from.data(), inputs.data(), 2, to.data(), outputs.data(), 2);
    state.swap(next_);
  }

  Ort::Env environment_{ORT_LOGGING_LEVEL_ERROR};
  Ort::MemoryInfo memory_ = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  Ort::Session session_;
  Eigen::MatrixXf state_ = Eigen::MatrixXf(8, 0), next_{}, logits_ = Eigen::MatrixXf(12, 0);
};

Eigen::MatrixXf weights(Eigen::Index rows, Eigen::Index columns) {
  return Eigen::MatrixXf::NullaryExpr(rows, columns, [](Eigen::Index i, Eigen::Index j) {
    return 1.3f * std::sin(float(1 + 4 * i + 6 * j + i * j));
  });
}

int main() {
  Model model(host::network(0.9f, weights(8, 12), weights(12, 8)));
  const std::vector<std::vector<lk::Token>> prompts{{3, 1, 4}, {1, 5}, {9, 2, 6, 5}};
  const lk::Limits limits{.max_new_tokens = 10, .end_tokens = {0}};

  // Each prompt is read once; from then on one run of the model serves all beams of all searches.
  std::vector<lk::BeamSearchDecoder<>> decoders;
  std::vector<lk::BeamSearchDecoder<>::Session> searches;
  Eigen::MatrixXf first(12, Eigen::Index(prompts.size()));
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    decoders.emplace_back(lk::Chain{}, lk::BeamOptions{.beams = 2 + i});
    first.col(Eigen::Index(i)) = model.append(prompts[i]);
    searches.push_back(decoders[i].start(prompts[i], limits));
  }
  lk::BeamBatch batch;
  lk::Workspace workspace;
  std::cout << "rows in a run:";
  lk::BeamStep next = batch.step(first, searches, workspace);
  while (!next.tokens.empty()) {
    if (!next.identity) model.reorder(next.parents);
    std::cout << ' ' << next.tokens.size();
    next = batch.step(model.step(next.tokens), searches, workspace);
  }
  std::cout << '\n';

  bool same = true;
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    const lk::Generation best = searches[i].results().front();
    std::cout << 2 + i << " beams:";
    for (const lk::Token token : best.tokens) std::cout << ' ' << token;
    std::cout << '\n';
    same = same && best.tokens == decoders[i].decode(model, prompts[i], limits).front().tokens;
  }
  std::cout << (same ? "the same" : "NOT the same") << " as each alone\n";
}
// > rows in a run: 9 9 9 9 9 7 7 3 3
// > 2 beams: 5 10 10 2 0
// > 3 beams: 8 1 8 1 1 8 1 8 1 8
// > 4 beams: 4 5 10 10 2 0
// > the same as each alone
