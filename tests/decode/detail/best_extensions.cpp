// SPDX-License-Identifier: MIT
// The order among extensions: larger sum, then lower token, then lower parent.
#include <logitkit/decode/detail/beam.hpp>

#include "support/catch.hpp"

#include <algorithm>

using logitkit::detail::Extension;

TEST_CASE("extensions order by sum, then token, then parent") {
  std::vector<Extension> extensions{{-2.0, 0, 0, 0}, {-1.0, 7, 1, 0}, {-1.0, 7, 0, 0},
                                    {-1.0, 3, 2, 0}, {-0.5, 9, 3, 0}, {-0.0, 1, 0, 0}};
  std::sort(extensions.begin(), extensions.end());
  const std::vector<std::pair<logitkit::Token, std::size_t>> expected{{1, 0}, {9, 3}, {3, 2},
                                                                      {7, 0}, {7, 1}, {0, 0}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(extensions[i].token == expected[i].first);
    CHECK(extensions[i].parent == expected[i].second);
  }
}

TEST_CASE("an extension is not before itself, and zeros of either sign are equal sums") {
  const Extension plus{0.0, 4, 0, 0}, minus{-0.0, 4, 0, 0};
  CHECK_FALSE(plus < plus);
  CHECK_FALSE(plus < minus);
  CHECK_FALSE(minus < plus);
}

TEST_CASE("a beam forks by copy, chain and all") {
  const int captured = 3;
  auto chain = [captured](auto&, const auto&) { return captured; };
  logitkit::detail::Beam<decltype(chain)> parent{
      {1, 2}, logitkit::detail::Assignable(chain), -1.5, {-0.5}, {}};
  auto child = parent;
  child.tokens.push_back(3);
  child.sum = -2;
  CHECK(parent.tokens.size() == 2);
  CHECK(parent.sum == -1.5);
  child = parent;  // a lambda cannot be assigned; a beam can
  CHECK(child.tokens == parent.tokens);
}
