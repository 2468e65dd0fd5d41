// SPDX-License-Identifier: MIT
// SpeculativePhilox: which streams are the same, and which have nothing in common.
#include <logitkit/random/speculative_philox.hpp>

#include "support/catch.hpp"

#include <set>

namespace lk = logitkit;

TEST_CASE("what the model draws with is what RandomDecoder draws with") {
  const lk::SpeculativePhilox numbers(42, 3);
  const lk::PhiloxDecider plain(42, 3);
  for (std::uint64_t position = 0; position < 100; ++position) {
    CHECK(numbers(position) == plain(position));
  }
}

TEST_CASE("no number comes twice: not in another stream, round, position, seed or stream") {
  std::set<double> all;
  std::size_t count = 0;
  const auto add = [&](double number) {
    CHECK((number >= 0 && number < 1));
    all.insert(number);
    ++count;
  };
  for (const std::uint64_t seed : {0u, 1u}) {
    for (const std::uint64_t stream : {0u, 1u}) {
      const lk::SpeculativePhilox numbers(seed, stream);
      for (std::uint64_t round = 0; round < 20; ++round) {
        add(numbers(round));
        for (std::uint64_t i = 0; i < 8; ++i) {
          add(numbers.drafts(round)(round + i));
          add(numbers.tests(round)(i));
        }
      }
    }
  }
  CHECK(all.size() == count);
}

TEST_CASE("a round's numbers are the same every time, as published here") {
  const lk::SpeculativePhilox numbers(7);
  CHECK(numbers.drafts(5)(6) == numbers.drafts(5)(6));
  CHECK(numbers.bits(5) != numbers.more_bits(5));
  // Philox4x32-10 of the counter 0 and the key 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8.
  CHECK(lk::PhiloxDecider(0).bits(0) == 0xe169c58d6627e8d5u);
  CHECK(lk::PhiloxDecider(0).more_bits(0) == 0x9b00dbd8bc57ac4cu);
}
