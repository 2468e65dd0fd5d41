// SPDX-License-Identifier: MIT
// Softmax: the twin; twice is once; it never changes what is drawn.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/chain.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("Softmax agrees with its twin", "", float, double) {
  reference::agree<TestType>(lk::Softmax{},
                             [](const Scores& s) { return reference::log_softmax(s); });
}

TEMPLATE_TEST_CASE("a temperature scales the normalised scores", "", float, double) {
  const lk::Chain chain{lk::Softmax{}, lk::Temperature{1.6}};
  reference::agree<TestType>(chain, [](const Scores& s) {
    return reference::temperature(reference::log_softmax(s), 1.6);
  });
}

TEMPLATE_TEST_CASE("after Softmax the exponentials sum to 1", "", float, double) {
  for (const auto& [name, row] : reference::inputs<TestType>(1000)) {
    long double sum = 0;
    for (const long double s : reference::after(lk::Softmax{}, row)) sum += std::exp(s);
    INFO(name);
    // "far apart" has scores of 1e6, whose last digit is worth this much
    CHECK(std::fabs(sum - 1) < (name == "far apart" ? 1e-1L : 1e-5L));
  }
}

TEMPLATE_TEST_CASE("Softmax on a vocabulary of 128256", "", float, double) {
  const auto row = reference::normal_row<TestType>(128256, 5);
  const Scores slow(row.begin(), row.end());
  const Scores expected = reference::log_softmax(slow);
  const Scores result = reference::after(lk::Softmax{}, row);
  CHECK(reference::difference(result, expected, reference::tolerance(expected, row)) == "");
}

TEMPLATE_TEST_CASE("Softmax of a Softmax is the same, to the last bit", "[peers]", float, double) {
  for (const auto& [name, row] : reference::inputs<TestType>(65)) {
    const auto twice = [](auto& candidates, const lk::Context& context) {
      lk::Softmax{}(candidates, context);
      lk::Softmax{}(candidates, context);
    };
    INFO(name);
    CHECK(reference::after(twice, row) == reference::after(lk::Softmax{}, row));
  }
}

TEMPLATE_TEST_CASE("Softmax changes no draw", "", float, double) {
  for (const auto& [name, row] : reference::inputs<TestType>(65)) {
    lk::Workspace one, two;
    lk::Candidates<TestType> plain(row, one), normalised(row, two);
    lk::Softmax{}(normalised, {});
    for (int i = 0; i < 100; ++i) {
      if (plain.draw(0.01 * i) != normalised.draw(0.01 * i)) FAIL_CHECK(name << ", " << i);
    }
  }
  SUCCEED("all drawn");
}

TEMPLATE_TEST_CASE("Softmax renormalises what narrowing has left", "", float, double) {
  lk::Workspace workspace;
  const std::vector<TestType> row{0, 0, 5, 0, 0};
  lk::Candidates<TestType> candidates(row, workspace);
  lk::Softmax{}(candidates, {});
  candidates.ban(2);
  lk::Softmax{}(candidates, {});
  CHECK(double(candidates.score(0)) == Catch::Approx(std::log(0.25)));
  CHECK(candidates.log_sum_exp() == Catch::Approx(0).margin(1e-6));
}

TEST_CASE("Softmax keeps the status of a bad row") {
  static_assert(!lk::StatefulProcessor<lk::Softmax>);
  reference::keeps_bad_rows<float>(lk::Softmax{});
  reference::keeps_bad_rows<double>(lk::Softmax{});
}
