// SPDX-License-Identifier: MIT
// Philox4x32-10: the published vectors of Random123, and that it is a bijection that mixes.
#include <logitkit/random/philox.hpp>

#include "support/catch.hpp"

#include <bit>
#include <cmath>
#include <set>

namespace lk = logitkit;

using Words = std::array<std::uint32_t, 4>;

// The lines `philox4x32 10` of Random123's kat_vectors: counter, key, result.
static_assert(lk::philox4x32({0, 0, 0, 0}, {0, 0}) ==
              Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(lk::philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                             {0xffffffff, 0xffffffff}) ==
              Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(lk::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                             {0xa4093822, 0x299f31d0}) ==
              Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

TEST_CASE("philox gives the published words at run time, too", "[philox]") {
  volatile std::uint32_t zero = 0;
  REQUIRE(lk::philox4x32({zero, zero, zero, zero}, {zero, zero}) ==
          Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  const std::uint32_t pi = zero + 0x243f6a88;
  REQUIRE(lk::philox4x32({pi, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
          Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("philox never repeats a block under one key", "[philox]") {
  std::set<Words> seen;
  for (std::uint32_t i = 0; i < 20000; ++i) seen.insert(lk::philox4x32({i, 0, 0, 0}, {7, 9}));
  REQUIRE(seen.size() == 20000);
}

TEST_CASE("every bit of the counter and the key flips about half of the result", "[philox]") {
  // 128 of 192 x 128 flips a base point; the count is binomial(n, 1/2). Bound: 5.5 deviations, a
  // false alarm once in 2e7 for each of the 192 bits; a bit that is not read flips none.
  constexpr int kBases = 40;
  for (unsigned bit = 0; bit < 192; ++bit) {
    int flips = 0;
    for (std::uint32_t base = 0; base < kBases; ++base) {
      std::array<std::uint32_t, 6> in{base, 1, 2, 3, base * 77, 5};
      const auto before = lk::philox4x32({in[0], in[1], in[2], in[3]}, {in[4], in[5]});
      in[bit / 32] ^= 1u << (bit % 32);
      const auto after = lk::philox4x32({in[0], in[1], in[2], in[3]}, {in[4], in[5]});
      for (std::size_t w = 0; w < 4; ++w) flips += std::popcount(before[w] ^ after[w]);
    }
    CAPTURE(bit);
    REQUIRE(std::abs(flips - kBases * 64) < 5.5 * std::sqrt(kBases * 128 * 0.25));
  }
}
