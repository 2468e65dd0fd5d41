// SPDX-License-Identifier: MIT
// Where a nucleus ends: exactly there, for narrow ones and wide ones, rows and lists.
#include <logitkit/core/detail/candidates_nucleus.hpp>

#include "support/catch.hpp"
#include "support/wide_rows.hpp"

#include <cmath>

namespace lk = logitkit;
using test::kept;

TEMPLATE_TEST_CASE("among equals the nucleus is a whole number of them", "[nucleus]", float,
                   double) {
  for (const std::size_t size : {4u, 100u, 128u, 4096u, 40000u}) {
    for (const TestType score : {TestType(0), TestType(1.7)}) {
      const std::vector<TestType> row(size, score);
      const auto kept_of = [&](double p) {
        return kept(row, [&](auto& set) { set.keep_mass(p); }).size();
      };
      for (const double part : {0.25, 0.5, 0.75}) {
        const auto whole = static_cast<std::size_t>(part * static_cast<double>(size));
        REQUIRE(kept_of(part) == whole);  // since the mass before the next equals it
        REQUIRE(kept_of(std::nextafter(part, 0)) == whole);
        REQUIRE(kept_of(std::nextafter(part, 1.0)) == whole + 1);
      }
    }
  }
}

TEMPLATE_TEST_CASE("of no mass at all the nucleus is the best token, and it is found", "[nucleus]",
                   float, double) {
  for (const std::size_t size : {1u, 65u, 40000u}) {
    std::vector<TestType> row(size, TestType(1));
    row[size / 2] = TestType(1.5);
    const auto best = static_cast<lk::Token>(size / 2);
    for (const double p : {0.0, -0.0, -1.5, -1e308, 0x1p-1074, 1e-300, std::nan("")}) {
      CAPTURE(size, p);
      REQUIRE(kept(row, [&](auto& set) { set.keep_mass(p); }) == std::vector{best});
      const auto more = kept(row, [&](auto& set) { set.keep_mass(p, 3); });
      REQUIRE(more.size() == std::min<std::size_t>(size, 3));
    }
  }
}

TEMPLATE_TEST_CASE("a row and the list of its tokens have the same nucleus", "[nucleus]", float,
                   double) {
  for (const std::size_t size : {65u, 3000u, 40000u}) {
    for (const double spread : {0.3, 2.0, 5.0}) {
      std::vector<TestType> row(size);
      test::Random random(size);
      for (auto& x : row) x = static_cast<TestType>(spread * std::log(random.uniform() + 1e-9));
      for (const double p : {1e-9, 0.1, 0.5, 0.9, 0.99, 0.999999}) {
        CAPTURE(size, spread, p);
        kept(row, [&](auto& set) { set.add(3, 0.5), set.keep_mass(p); });
      }
    }
  }
}

TEST_CASE("a sample that misleads costs time, and changes nothing", "[nucleus]") {
  test::narrow_misleading_rows([](auto& set, double p) { set.keep_mass(p); });
}

TEST_CASE("ascending, descending, half banned, spikes over a plain: the same nucleus",
          "[nucleus]") {
  test::narrow_wide_rows([](auto& set, double p) { set.keep_mass(p); });
}
