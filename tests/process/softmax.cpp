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
