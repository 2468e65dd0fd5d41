// SPDX-License-Identifier: MIT
// PLess: the twin, thresholds by hand, flat rows whose threshold is the best itself.
#include "support/catch.hpp"

#include "reference/thresholds.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/p_less.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("PLess agrees with its twin", "", float, double) {
  reference::agree_with_threshold<TestType>(
      lk::PLess{}, [](const Scores& s) { return reference::p_less(s); },
      sizeof(TestType) == 4 ? 1e-6L : 1e-12L);
}

TEMPLATE_TEST_CASE("PLess: thresholds by hand", "", float, double) {
  const auto kept = [](std::initializer_list<double> probabilities) {
    return reference::count_kept(
        reference::after(lk::PLess{}, reference::row_of<TestType>(probabilities)));
  };
  CHECK(kept({0.5, 0.25, 0.15, 0.1}) == 1);    // 0.345
  CHECK(kept({0.4, 0.35, 0.15, 0.1}) == 2);    // 0.315
  CHECK(kept({0.3, 0.3, 0.3, 0.1}) == 3);      // 0.28
  CHECK(kept({0.26, 0.25, 0.25, 0.24}) == 1);  // 0.2502
}

TEMPLATE_TEST_CASE("PLess keeps all of a flat row, whatever the rounding", "", float, double) {
  for (std::size_t size = 1; size < 300; ++size) {
    const auto value = static_cast<TestType>(0.1 * static_cast<double>(size));
    const std::vector<TestType> row(size, value);
    CAPTURE(size);
    CHECK(reference::count_kept(reference::after(lk::PLess{}, row)) == size);
  }
}
