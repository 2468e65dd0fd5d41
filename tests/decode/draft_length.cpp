// SPDX-License-Identifier: MIT
// DraftLength: the best of all lengths by the formula in doubles; how it learns; misuse.
#include <logitkit/decode/draft_length.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>

namespace lk = logitkit;

namespace {

/// Expected tokens for the cost of a round.
double gain(double a, double cost, std::size_t n) {
  double tokens = 0;
  for (std::size_t i = 0; i <= n; ++i) tokens += std::pow(a, double(i));
  return tokens / (1 + cost * double(n));
}

}  // namespace

TEST_CASE("the length is the best of all by the formula", "[draft_length]") {
  for (const double cost : {0.0, 0.01, 0.05, 0.1, 0.3, 1.0, 16.0}) {
    for (std::size_t accepted = 0; accepted <= 8; ++accepted) {
      CAPTURE(cost, accepted);
      lk::DraftLength length{{.cost = cost, .max = 256}};
      for (int i = 0; i < 1000; ++i) length.record(8, accepted);
      const double a = accepted == 8 ? 1 : double(accepted) / double(accepted + 1);
      double best = 0;
      for (std::size_t n = 1; n <= 256; ++n) best = std::max(best, gain(a, cost, n));
      CHECK(gain(a, cost, length.best()) > best * (1 - 1e-4));
    }
  }
}

TEST_CASE("where all is accepted a draft is as long as it may be", "[draft_length]") {
  lk::DraftLength length{{.cost = 0.2, .min = 3, .max = 12}};
  for (int i = 0; i < 300; ++i) length.record(length.best(), length.best());
  CHECK(length.best() == 12);
  for (int i = 0; i < 300; ++i) length.record(length.best(), 0);
  CHECK(length.best() == 3);
}

TEST_CASE("the latest rounds count most, and one without a draft not at all", "[draft_length]") {
  lk::DraftLength length{{.cost = 0.1}};
  const std::size_t before = length.best();
  CHECK(before == 5);  // a = 3/4
  for (int i = 0; i < 1000; ++i) length.record(0, 0);
  CHECK(length.best() == before);
  for (int i = 0; i < 1000; ++i) length.record(4, 0);
  CHECK(length.best() == 1);
  for (int i = 0; i < 80; ++i) length.record(1, 1);
  CHECK(length.best() > before);
}

TEST_CASE("DraftLengthOptions says what is wrong", "[draft_length]") {
  const auto check = [](double cost, std::size_t least, std::size_t most) {
    return lk::DraftLengthOptions{.cost = cost, .min = least, .max = most}.check();
  };
  CHECK(check(0, 1, 1).empty());
  CHECK(check(16, 256, 256).empty());
  const std::string cost = "DraftLengthOptions: cost must satisfy 0 <= cost <= 16, got ";
  CHECK(check(-0.5, 1, 4) == cost + "-0.5");
  CHECK(check(17, 1, 4) == cost + "17");
  CHECK(check(std::numeric_limits<double>::quiet_NaN(), 1, 4).starts_with(cost));
  CHECK(check(0, 0, 4) == "DraftLengthOptions: min must satisfy 1 <= min <= max, got 0");
  CHECK(check(0, 5, 4) == "DraftLengthOptions: min must satisfy 1 <= min <= max, got 5");
  CHECK(check(0, 1, 257) == "DraftLengthOptions: max must satisfy max <= 256, got 257");
  CHECK_THROWS_AS(lk::DraftLength({.cost = -1}), std::invalid_argument);
}
