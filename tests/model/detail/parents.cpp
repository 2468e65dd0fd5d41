// SPDX-License-Identifier: MIT
// Parents: each must be a row that there is.
#include <logitkit/model/detail/parents.hpp>

#include "support/catch.hpp"

#include <vector>

namespace lk = logitkit;

TEST_CASE("a parent that is no row is named in a sentence, by the largest of them") {
  const auto check = [](const std::vector<std::size_t>& parents, std::size_t rows) {
    return lk::detail::check_parents("Plan", parents, rows, "parent < rows");
  };
  CHECK(check({}, 0).empty());
  CHECK(check({0, 0, 1}, 2).empty());
  CHECK(check({0}, 0) == "Plan: each of parents must satisfy parent < rows, got 0");
  CHECK(check({7, 1, 9}, 8) == "Plan: each of parents must satisfy parent < rows, got 9");
}
