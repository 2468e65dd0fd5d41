// SPDX-License-Identifier: MIT
// AdaptiveP: the twin, the mean by hand.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/adaptive_p.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("AdaptiveP agrees with its twin", "", float, double) {
  for (const double target : {0.0, 0.3, 0.55, 1.0}) {
    reference::for_each_trial<TestType>(
        [&](auto& fast, const Scores& before, const auto& row) -> std::string {
          lk::AdaptiveP{target}(fast, {});
          // Scores change by up to 10 / 0.3 as much as probabilities do.
          const long double within = 40 * reference::tolerance(before, row);
          return reference::difference(reference::scores_of(fast),
                                       reference::adaptive_p(before, target), within);
        });
  }
}

TEMPLATE_TEST_CASE("AdaptiveP follows the probabilities before it of what is accepted", "", float,
                   double) {
  auto row = reference::row_of<TestType>({0.5, 0.25, 0.125, 0.125});
  row.push_back(-std::numeric_limits<TestType>::infinity());
  lk::Workspace workspace;
  lk::AdaptiveP adaptive{0.4, 0.75};
  CHECK(adaptive.adapted_target() == Approx(0.4));
  const auto accept = [&](lk::Token token, int calls) {
    for (int i = 0; i < calls; ++i) {
      lk::Candidates set(row, workspace);
      adaptive(set, {});
    }
    adaptive.accept(token);
    return adaptive.adapted_target();
  };
  double mean = 0.4;
  for (const lk::Token token : {0, 1, 1, 3, 0, 0, 0, 0}) {
    mean = 0.75 * mean + 0.25 * std::exp(double(row[static_cast<std::size_t>(token)]));
    CHECK(accept(token, 1 + token) == Approx(0.8 - mean).margin(1e-6));
  }
  CHECK(accept(4, 1) == Approx(0.8 - mean).margin(1e-6));   // banned
  CHECK(accept(77, 1) == Approx(0.8 - mean).margin(1e-6));  // not in the row
  CHECK(accept(0, 0) == Approx(0.8 - mean).margin(1e-6));   // no row was seen

  lk::AdaptiveP last{0.1, 0.0};  // the last token alone: 2 * 0.1 - 0.5 is cut to 0
  lk::Candidates set(row, workspace);
  last(set, {});
  last.accept(0);
  CHECK(last.adapted_target() == 0);
}

TEST_CASE("AdaptiveP refuses what cannot be") {
  CHECK(lk::AdaptiveP<>::check(0, 0).empty());
  CHECK(lk::AdaptiveP<>::check(1, 0.99f).empty());
  CHECK(lk::AdaptiveP<>::check(1.5f) == "AdaptiveP: target must satisfy 0 <= target <= 1, got 1.5");
  CHECK(lk::AdaptiveP<double>::check(0.5, 1) ==
        "AdaptiveP: decay must satisfy 0 <= decay <= 0.99, got 1");
  CHECK_FALSE(lk::AdaptiveP<double>::check(std::nan("")).empty());
  CHECK_FALSE(lk::AdaptiveP<double>::check(0.5, std::nan("")).empty());
  reference::refuses([] { lk::AdaptiveP{-1.0}; },
                     "AdaptiveP: target must satisfy 0 <= target <= 1, got -1");
}
