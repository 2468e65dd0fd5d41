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
