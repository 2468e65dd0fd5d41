// SPDX-License-Identifier: MIT
// GreenListOptions: what is refused, by name.
#include <logitkit/core/green_list_options.hpp>

#include "support/catch.hpp"

#include <cmath>

namespace lk = logitkit;

TEST_CASE("the options of a green list are refused by name", "[green_list]") {
  const auto check = [](const lk::GreenListOptions& options) { return options.check(); };
  CHECK(check({.vocabulary = 4}).empty());
  CHECK(check({}) == "GreenListOptions: vocabulary must satisfy 1 <= vocabulary <= 2^24, got 0");
  CHECK(check({.vocabulary = 1 << 24}).empty());
  CHECK_FALSE(check({.vocabulary = (1 << 24) + 1}).empty());
  CHECK(check({.vocabulary = 9, .ratio = 1}) ==
        "GreenListOptions: ratio must satisfy 0 < ratio < 1, got 1");
  CHECK_FALSE(check({.vocabulary = 9, .ratio = 0}).empty());
  CHECK_FALSE(check({.vocabulary = 9, .ratio = std::nan("")}).empty());
  CHECK(check({.vocabulary = 3}) ==
        "GreenListOptions: ratio must satisfy ratio * vocabulary >= 1, got 0.25");
  CHECK(check({.vocabulary = 4, .context = 0}) ==
        "GreenListOptions: context must satisfy context >= 1, got 0");
}
