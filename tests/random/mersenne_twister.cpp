// SPDX-License-Identifier: MIT
// MersenneTwister: the standard's 10000th number, and std::mt19937's for other seeds.
#include <logitkit/random/mersenne_twister.hpp>

#include "support/catch.hpp"

#include <random>

TEST_CASE("the 10000th number of the standard's seed is the standard's", "[mersenne_twister]") {
  logitkit::MersenneTwister twister(5489);
  for (int i = 1; i < 10000; ++i) static_cast<void>(twister());
  CHECK(twister() == 4123659995u);
}

TEST_CASE("the numbers are those of std::mt19937", "[mersenne_twister]") {
  for (const std::uint32_t seed : {0u, 1u, 15485863u, 0x80000000u, 0xffffffffu}) {
    logitkit::MersenneTwister twister(seed);
    std::mt19937 standard(seed);
    bool same = true;
    for (int i = 0; i < 2000; ++i) same = same && twister() == standard();
    CHECK(same);
  }
}
