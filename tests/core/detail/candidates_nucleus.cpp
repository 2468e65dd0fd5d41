// SPDX-License-Identifier: MIT
// Where a nucleus ends: exactly there, for narrow ones and wide ones, rows and lists.
#include <logitkit/core/detail/candidates_nucleus.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <cmath>

namespace lk = logitkit;

namespace {

template <class S>
std::vector<lk::Token> kept(lk::Candidates<S>& set) {
  std::vector<lk::Token> tokens;
  for (const auto& entry : set) tokens.push_back(entry.token);
  return tokens;
}

}  // namespace

TEMPLATE_TEST_CASE("among equals the nucleus is a whole number of them", "[nucleus]", float,
                   double) {
  lk::Workspace workspace;
  for (const std::size_t size : {4u, 100u, 4096u, 40000u}) {
    for (const TestType score : {TestType(0), TestType(1.7)}) {
      const std::vector<TestType> row(size, score);
      for (const double part : {0.25, 0.5, 0.75}) {
        lk::Candidates set(row, workspace);
        set.keep_mass(part);  // exactly that part, since the mass before the next equals it
        REQUIRE(set.size() == static_cast<std::size_t>(part * static_cast<double>(size)));
        REQUIRE(set.contains(0));
        lk::Candidates more(row, workspace);
        more.keep_mass(std::nextafter(part, 1.0));
        REQUIRE(more.size() == 1 + static_cast<std::size_t>(part * static_cast<double>(size)));
      }
    }
  }
}

TEMPLATE_TEST_CASE("a row and the list of its tokens have the same nucleus", "[nucleus]", float,
                   double) {
  lk::Workspace a, b;
  for (const std::size_t size : {65u, 3000u, 40000u}) {
    for (const double spread : {0.3, 2.0, 5.0}) {
      std::vector<TestType> row(size);
      test::Random random(size);
      for (auto& x : row) x = static_cast<TestType>(spread * std::log(random.uniform() + 1e-9));
      for (const double p : {1e-9, 0.1, 0.5, 0.9, 0.99, 0.999999}) {
        CAPTURE(size, spread, p);
        lk::Candidates hot(row, a), list(row, b);
        hot.add(3, 0.5), list.add(3, 0.5);
        list.keep_if([](lk::Token, double) { return true; });
        hot.keep_mass(p), list.keep_mass(p);
        REQUIRE(kept(hot) == kept(list));
      }
    }
  }
}
