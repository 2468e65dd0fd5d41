// SPDX-License-Identifier: MIT
// The peer `eigen`: the same in Eigen's own expressions.
#include <logitkit/random/philox_decider.hpp>
#include <support/measure.hpp>
#include <support/slow.hpp>

#include <Eigen/Core>

namespace lk = logitkit;
using bench::Logits, bench::Method, bench::Token;

namespace {

Eigen::Map<const Eigen::ArrayXf> array(const Logits& row) {
  return {row.floats.data(), static_cast<Eigen::Index>(row.floats.size())};
}

Method greedy(std::size_t) {
  return bench::method(
      [](const Logits& row) {
        Eigen::Index best = 0;
        array(row).maxCoeff(&best);
        return best;
      },
      [](const Logits& row, Eigen::Index token) { return token == bench::best(row); });
}

Method log_probabilities(std::size_t) {
  return bench::method(
      [](const Logits& row) {
        const auto logits = array(row);
        Eigen::Index token = 0;
        const float best = logits.maxCoeff(&token);
        return logits(token) - (best + std::log((logits - best).exp().sum()));
      },
      [](const Logits& row, float log_probability) {
        const auto slow = reference::log_softmax(bench::scores_of(row));
        return std::abs(log_probability - *std::max_element(slow.begin(), slow.end())) < 1e-3;
      });
}

/// Temperature, softmax, and the first token whose cumulative weight is above the uniform.
Method draw(std::size_t vocabulary) {
  const auto weights = std::make_shared<Eigen::ArrayXf>(static_cast<Eigen::Index>(vocabulary));
  const auto position = std::make_shared<std::size_t>(0);
  const auto at = [=](const Logits& row, double u) {
    const auto logits = array(row);
    *weights = ((logits - logits.maxCoeff()) / 0.8f).exp();
    double left = u * weights->cast<double>().sum();
    for (Eigen::Index i = 0; i < weights->size(); ++i) {
      if ((left -= double((*weights)(i))) < 0) return Token(i);
    }
    return Token(weights->size() - 1);
  };
  return {[=](const Logits& row) {
            benchmark::DoNotOptimize(at(row, lk::PhiloxDecider(7)(++*position % 64)));
          },
          [=](const Logits& row) {
            const bench::Quantiles quantiles(bench::slow_draw(bench::scores_of(row)));
            return quantiles.right(at(row, 0.3), 0.3);
          }};
}

const bench::Part kPart("eigen", [] {
  bench::peers()["greedy"].push_back({"eigen", greedy});
  bench::peers()["log_probabilities"].push_back({"eigen", log_probabilities});
  bench::peers()["draw"].push_back({"eigen", draw});
});

}  // namespace
