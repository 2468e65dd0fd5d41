// SPDX-License-Identifier: MIT
// PhiloxDecider: a pure function of seed, stream and position, whose streams are independent.
#include <logitkit/random/philox_decider.hpp>

#include "support/catch.hpp"

#include <set>
#include <vector>

namespace lk = logitkit;

static_assert(lk::PhiloxDecider(0).bits(0) == 0xe169c58d6627e8d5u);  // words 1 and 0 of the vector
static_assert(lk::PhiloxDecider(0).more_bits(0) == 0x9b00dbd8bc57ac4cu);  // 3 and 2
static_assert(lk::PhiloxDecider(0)(0) == double(0xe169c58d6627e8d5u >> 11) * 0x1p-53);

TEST_CASE("seed, stream and position are the key and the counter, all 64 bits of each",
          "[decider]") {
  // Random123's vector of the digits of pi: counter (position, stream), key (seed).
  const lk::PhiloxDecider decider(0x299f31d0a4093822u, 0x0370734413198a2eu);
  REQUIRE(decider.bits(0x85a308d3243f6a88u) == 0x94fdccebd16cfe09u);
  const lk::PhiloxDecider all(~std::uint64_t{0}, ~std::uint64_t{0});
  REQUIRE(all.bits(~std::uint64_t{0}) == 0x41c83b0e408f276du);
}

TEST_CASE("a position's number does not depend on what was asked before", "[decider]") {
  const lk::PhiloxDecider decider(42);
  std::vector<double> forward;
  for (std::uint64_t i = 0; i < 100; ++i) forward.push_back(decider(i));
  for (std::uint64_t i = 100; i-- > 0;) REQUIRE(decider(i) == forward[i]);
  const lk::PhiloxDecider copy = decider;
  REQUIRE(copy(57) == forward[57]);
  REQUIRE(lk::PhiloxDecider(42)(57) == forward[57]);
  REQUIRE(lk::PhiloxDecider(42, 0)(57) == forward[57]);
}

TEST_CASE("another seed, stream or position is another number", "[decider]") {
  std::set<std::uint64_t> seen;
  for (std::uint64_t a : {0ull, 1ull, 42ull, 1ull << 32, 1ull << 63}) {
    for (std::uint64_t b : {0ull, 1ull, 7ull, 1ull << 32, 1ull << 63}) {
      for (std::uint64_t c : {0ull, 1ull, 9ull, 1ull << 32, 1ull << 63}) {
        seen.insert(lk::PhiloxDecider(a, b).bits(c));
      }
    }
  }
  REQUIRE(seen.size() == 125);
}

TEST_CASE("neighbouring seeds, streams and positions are independent", "[decider]") {
  // Pairs fall into 16 x 16 cells: chi-square with 255 degrees of freedom, P(X > 378) < 1e-6.
  // A shift of one stream against another would leave most cells empty.
  constexpr std::uint64_t kCount = 50000;
  const lk::PhiloxDecider base(42), stream(42, 1), seed(43);
  const auto chi_square = [&](const auto& first, const auto& second) {
    std::vector<int> cells(256);
    for (std::uint64_t i = 0; i < kCount; ++i) {
      ++cells[static_cast<std::size_t>(first(i) * 16) * 16 +
              static_cast<std::size_t>(second(i) * 16)];
    }
    double sum = 0;
    for (const int count : cells) {
      const double expected = double(kCount) / 256;
      sum += (count - expected) * (count - expected) / expected;
    }
    return sum;
  };
  REQUIRE(chi_square(base, stream) < 378);
  REQUIRE(chi_square(base, seed) < 378);
  REQUIRE(chi_square(base, [&](std::uint64_t i) { return base(i + 1); }) < 378);
  REQUIRE(chi_square(stream, [&](std::uint64_t i) { return stream(i ^ 1); }) < 378);
  REQUIRE(chi_square(stream, [&](std::uint64_t i) { return seed(i + 1); }) < 378);
}
