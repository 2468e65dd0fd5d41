// expect: this is an unevaluated Eigen expression, which would dangle
// A callback that returns an expression over its own locals.
#include <logitkit/decode/greedy.hpp>

namespace lk = logitkit;

const Eigen::MatrixXf weights = Eigen::MatrixXf::Random(10, 10);

lk::Generation tell(const std::vector<lk::Token>& prompt) {
  const auto model = [](std::span<const lk::Token> tokens) {
    const Eigen::VectorXf state = weights.col(tokens.back());
#ifdef LOGITKIT_FAIL
    return weights * state;
#else
    return Eigen::VectorXf(weights * state);
#endif
  };
  return lk::GreedyDecoder{}.decode(model, prompt, {.max_new_tokens = 3});
}
