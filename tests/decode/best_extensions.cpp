// SPDX-License-Identifier: MIT
// Extensions: larger key, then lower token, then lower parent; the K best, and what they exclude.
#include <logitkit/decode/best_extensions.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <algorithm>

using logitkit::Extension;

TEST_CASE("extensions order by key, then token, then parent") {
  std::vector<Extension> extensions{{-2.0, 0, 0, 0}, {-1.0, 0, 7, 1}, {-1.0, 0, 7, 0},
                                    {-1.0, 0, 3, 2}, {-0.5, 0, 9, 3}, {-0.0, 0, 1, 0}};
  std::sort(extensions.begin(), extensions.end());
  const std::vector<std::pair<logitkit::Token, std::size_t>> expected{{1, 0}, {9, 3}, {3, 2},
                                                                      {7, 0}, {7, 1}, {0, 0}};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(extensions[i].token == expected[i].first);
    CHECK(extensions[i].parent == expected[i].second);
  }
}

TEST_CASE("an extension is not before itself, and zeros of either sign are equal keys") {
  const Extension plus{0.0, 0, 4, 0}, minus{-0.0, 0, 4, 0};
  CHECK_FALSE(plus < plus);
  CHECK_FALSE(plus < minus);
  CHECK_FALSE(minus < plus);
}

TEST_CASE("the best are those of a sort, in whatever order they are offered") {
  test::Random random(1);
  logitkit::BestExtensions best;
  for (const std::size_t k : {1u, 2u, 7u, 40u}) {
    for (int round = 0; round < 200; ++round) {
      std::vector<Extension> all;
      for (std::size_t i = random.below(60); i-- > 0;) {
        all.push_back({-double(random.below(9)), 0, logitkit::Token(random.below(5)), i});
      }
      best.restart(k);
      for (const Extension& each : all) best.offer(each);
      std::sort(all.begin(), all.end());
      const auto found = best.best_first();
      REQUIRE(found.size() == std::min(k, all.size()));
      for (std::size_t i = 0; i < found.size(); ++i) {
        REQUIRE(found[i].key == all[i].key);
        REQUIRE(found[i].parent == all[i].parent);
      }
    }
  }
}

TEST_CASE("no score that reaches the bound after rounding is below at_least") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  test::Random random(2);
  logitkit::BestExtensions best;
  const auto check = [&](double bound, double sum) {
    best.restart(1);
    CHECK(best.at_least(sum) == -inf);
    best.offer({bound, 0, 0, 0});
    const double at_least = best.at_least(sum);
    double score = std::nextafter(at_least, -inf);
    for (int i = 0; i < 40; ++i, score = std::nextafter(score, -inf)) REQUIRE(sum + score < bound);
    // Nor is it much below: the slack is a few ulps of the sums.
    CHECK(bound - sum - at_least <= 0x1p-48 * (std::abs(bound) + std::abs(sum)) + 1e-299);
  };
  for (int i = 0; i < 20000; ++i) {
    const double scale = std::exp(random.between(-40, 40));
    const double sum = -scale * random.uniform();
    check(sum - scale * random.uniform() * (i % 2 == 0 ? 1 : 1e-15), sum);
    check(sum, sum);
  }
  for (const double odd : {inf, -inf}) {
    best.restart(1);
    best.offer({odd, 0, 0, 0});
    for (const double sum : {0.0, inf, -inf}) CHECK_FALSE(best.at_least(sum) > 0);
  }
}
