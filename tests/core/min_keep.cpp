// SPDX-License-Identifier: MIT
// MinKeep: how many stay below a threshold; ties; what is banned; a bad row.
#include <logitkit/core/min_keep.hpp>

#include "reference/trial.hpp"

namespace lk = logitkit;
using reference::Scores;

TEST_CASE("min_keep is at least 1") {
  CHECK(lk::detail::check_min_keep("TopP", 1).empty());
  CHECK(lk::detail::check_min_keep("TopP", 7).empty());
  CHECK(lk::detail::check_min_keep("TopP", 0) ==
        "TopP: min_keep must satisfy min_keep >= 1, got 0");
}

TEMPLATE_TEST_CASE("a threshold leaves min_keep, and the equals of the last", "", float, double) {
  for (const std::size_t min_keep : {std::size_t(1), std::size_t(2), std::size_t(40)}) {
    for (const double threshold : {-1.0, 0.5, 1e9}) {
      CAPTURE(min_keep, threshold);
      reference::agree_with_threshold<TestType>(
          [=](auto& candidates, const lk::Context&) {
            lk::detail::keep_above(candidates, threshold, {.min_keep = min_keep});
          },
          [=](const Scores& s) { return reference::lowered(threshold, s, min_keep); }, 0);
    }
  }
}

TEST_CASE("a threshold for a bad row, where there is no best to keep") {
  const std::vector<float> row{1, std::numeric_limits<float>::quiet_NaN()};
  lk::Workspace workspace;
  lk::Candidates candidates(row, workspace);
  lk::detail::keep_above(candidates, 0.5, {.min_keep = 2});
  CHECK(candidates.status() == lk::Status::not_a_number);
}
