// expect: logitkit: a model is a callable from std::span<const lk::Token>
// expect: logitkit: logits must be float, double, Eigen::half or Eigen::bfloat16
// expect: this is an unevaluated Eigen expression, which would dangle
// SPDX-License-Identifier: MIT
// What is no model: a row, a function of whole numbers, one of an expression over its own locals.
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

int main() {
  const std::vector<lk::Token> prompt{1};
  const Eigen::MatrixXf weights = Eigen::MatrixXf::Random(10, 10);
#if LOGITKIT_FAIL == 1
  const std::vector<float> model(5);
#elif LOGITKIT_FAIL == 2
  const auto model = [](std::span<const lk::Token>) { return std::vector<int>(5); };
#elif LOGITKIT_FAIL == 3
  const auto model = [&](std::span<const lk::Token> tokens) {
    const Eigen::VectorXf state = weights.col(tokens.back());
    return weights * state;
  };
#else
  const auto model = [&](std::span<const lk::Token> tokens) {
    const Eigen::VectorXf state = weights.col(tokens.back());
    return Eigen::VectorXf(weights * state);
  };
#endif
  static_cast<void>(lk::GreedyDecoder{}.decode(model, prompt, {}));
#if LOGITKIT_FAIL < 2  // of the others two decoders say more than anybody reads
  static_cast<void>(lk::BeamSearchDecoder{}.decode(model, prompt, {}));
#endif
}
