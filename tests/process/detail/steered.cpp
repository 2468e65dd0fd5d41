// SPDX-License-Identifier: MIT
// Steered: by the token that is accepted, of the last call, and back again.
#include <logitkit/process/detail/steered.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

namespace {

const auto kSum = [](double value, double observation) { return value + observation; };
const auto kObservation = [](double, double observation) { return observation; };

}  // namespace

TEST_CASE("a number is steered by what was last observed of the accepted token", "[steered]") {
  lk::detail::Steered number(1);
  CHECK(number.value() == 1);
  number.accept(3, kObservation);  // nothing was observed
  CHECK(number.value() == 1);
  number.observe(2, 10), number.observe(5, 20);
  number.begin_row(10);
  number.observe(2, 100), number.observe(5, 200), number.observe(9, 300);
  number.accept(5, kSum);
  CHECK(number.value() == 201);
  number.accept(5, kSum);  // once
  CHECK(number.value() == 201);
  for (const lk::Token unseen : {0, 3, 7, 10}) {
    number.begin_row(10);
    number.observe(2, 100), number.observe(5, 200), number.observe(9, 300);
    number.accept(unseen, kObservation);
    CHECK(number.value() == 201);
  }
}

TEST_CASE("copies of a steered number go their own ways, and it recalls", "[steered]") {
  lk::detail::Steered number(0);
  for (int i = 1; i <= 4; ++i) {
    number.begin_row(10);
    number.observe(0, i);
    number.accept(0, kSum);
  }
  number.begin_row(10);
  number.observe(7, 1000);
  lk::detail::Steered fork = number;
  fork.accept(7, kSum);
  CHECK(fork.value() == 1010);
  CHECK(number.value() == 10);

  for (const std::size_t kept : {0u, 1u, 3u, 4u}) {
    lk::detail::Steered replayed(0);
    for (std::size_t i = 0; i < kept; ++i) replayed.accept(0, kSum);
    CHECK(replayed.value() == 0);  // the rows are gone
    replayed.recall(number);
    CHECK(replayed.value() == double(kept * (kept + 1) / 2));
  }
}
