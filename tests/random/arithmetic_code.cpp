// SPDX-License-Identifier: MIT
// ArithmeticCode: a lattice to the last digit, narrowed as 128-bit integers say, without end.
#include <logitkit/random/arithmetic_code.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lk = logitkit;
using lk::math::Mass;

namespace {

__extension__ using Wide = unsigned __int128;

/// Prescribed bits: j by its word, then digits of u that repeat one word.
struct Prescribed {
  std::uint64_t j, u;
  std::uint64_t bits(std::uint64_t k) const { return k == 0 ? j : u; }
};

/// The same state, told in the words of the class comment with 128-bit integers: totals < 2^64.
struct Slow {
  std::uint64_t i, n;
  lk::PhiloxDecider bits;
  Wide code = 0, range = 1, rest = 0;
  std::uint64_t digits = 0;

  Slow(std::uint64_t index, std::uint64_t count, lk::PhiloxDecider source)
      : i(index), n(count), bits(source) {
    rest = (i + static_cast<std::uint64_t>(Wide{bits.bits(0)} * n >> 64)) % n;
    refine();
  }
  void refine() {
    while (range < Wide{1} << 56) {
      const std::uint64_t word = bits.bits(1 + digits / 8);
      rest = rest * 256 + ((word >> (8 * (7 - digits++ % 8))) & 255);
      code = code * 256 + rest / n;
      rest %= n;
      range *= 256;
    }
  }
  void narrow(std::uint64_t before, std::uint64_t own, std::uint64_t total) {
    const Wide first = (before * range + total - 1) / total;
    range = ((Wide{before} + own) * range + total - 1) / total - first;
    code -= first;
    refine();
  }
  std::uint64_t quantile(std::uint64_t total) const {
    return static_cast<std::uint64_t>(code * total / range);
  }
};

}  // namespace

TEST_CASE("codes of n are 1/n apart, whatever the shift", "[arithmetic]") {
  for (const std::uint64_t n : {1u, 2u, 3u, 7u, 1000u, 65536u}) {
    for (const std::uint64_t j : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 63}) {
      for (const std::uint64_t u : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{12345}}) {
        // The lattice point of i' is floor(2^56 (i' + u) / n); u has 56 of its digits at least.
        std::vector<std::uint64_t> points;
        const Mass cells{0, std::uint64_t{1} << 56};
        for (std::uint64_t i = 0; i < n; i += 1 + n / 100) {
          points.push_back(lk::ArithmeticCode(i, n, Prescribed{j, u}).quantile(cells).low);
          const auto turned = static_cast<std::uint64_t>(Wide{j} * n >> 64);
          const Wide numerator = (Wide{(i + turned) % n} << 56) + (u >> 8);
          REQUIRE(points.back() == static_cast<std::uint64_t>(numerator / n));
        }
      }
    }
  }
}

TEST_CASE("narrowing is that of 128-bit integers, for a thousand tokens", "[arithmetic]") {
  test::Random random(3);
  for (const std::uint64_t n : {1u, 3u, 64u, 65535u}) {
    const lk::PhiloxDecider bits(n, 5);
    lk::ArithmeticCode code(n / 2, n, bits);
    Slow slow(n / 2, n, bits);
    for (int token = 0; token < 1000; ++token) {
      // Now and then a token of next to no probability, or one that is certain.
      const std::uint64_t total = (random.bits() >> (2 + random.below(50))) + 1;
      const std::uint64_t quantile = slow.quantile(total);
      REQUIRE(code.quantile({0, total}) == Mass{0, quantile});
      std::uint64_t before = quantile - random.below(std::min<std::uint64_t>(quantile, 1000) + 1);
      std::uint64_t after =
          quantile + 1 + random.below(std::min<std::uint64_t>(total - quantile, 9));
      if (token % 10 == 0) before = 0, after = total;
      if (token % 10 == 1) before = quantile, after = quantile + 1;
      code.narrow({0, before}, {0, after - before}, {0, total});
      slow.narrow(before, after - before, total);
    }
  }
}

TEST_CASE("a part is met with its probability after any number of tokens", "[arithmetic]") {
  // 40000 tokens of one code against their weights: chi-square, 3 degrees of freedom, 1e-6; and the
  // same of pairs, 15 degrees.
  const std::uint64_t ends[] = {0, 1, 4, 9, 16};
  lk::ArithmeticCode code(3, 10, lk::PhiloxDecider(17));
  constexpr int kTokens = 40000;
  double counts[4] = {}, pairs[16] = {};
  std::size_t last = 0;
  for (int i = 0; i < kTokens; ++i) {
    const std::uint64_t quantile = code.quantile({0, 16}).low;
    const auto token = std::size_t(std::upper_bound(ends, ends + 4, quantile) - ends) - 1;
    code.narrow({0, ends[token]}, {0, ends[token + 1] - ends[token]}, {0, 16});
    ++counts[token];
    if (i % 2 == 1) ++pairs[4 * last + token];
    last = token;
  }
  const auto p = [&](std::size_t t) { return double(ends[t + 1] - ends[t]) / 16; };
  double statistic = 0, of_pairs = 0;
  for (std::size_t a = 0; a < 4; ++a) {
    statistic += std::pow(counts[a] - kTokens * p(a), 2) / (kTokens * p(a));
    for (std::size_t b = 0; b < 4; ++b) {
      const double expected = kTokens / 2 * p(a) * p(b);
      of_pairs += std::pow(pairs[4 * a + b] - expected, 2) / expected;
    }
  }
  CHECK(statistic < 30.7);
  CHECK(of_pairs < 56.5);
}

TEST_CASE("codes have these very digits everywhere", "[arithmetic]") {
  const Mass cells{0, std::uint64_t{1} << 56};
  lk::ArithmeticCode code(2, 3, lk::PhiloxDecider(1, 2));
  CHECK(code.quantile(cells).low == 0x4901901b929195);
  code.narrow({}, {0, 1}, {0, 3});
  CHECK(code.quantile(cells).low == 0xdb04b052b7b4bf);
}
