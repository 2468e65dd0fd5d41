// SPDX-License-Identifier: MIT
// LazyRows: each row once, in memory of its own.
#include <logitkit/decode/detail/lazy_rows.hpp>

#include "support/catch.hpp"

#include <stdexcept>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

TEST_CASE("a row is made once a round, and stays when the model writes the next one") {
  int calls = 0;
  std::vector<float> memory(3);
  const auto model = [&](std::span<const lk::Token> tokens) -> const std::vector<float>& {
    ++calls;
    std::fill(memory.begin(), memory.end(), float(tokens.size()));
    return memory;
  };
  lk::detail::LazyRows rows(model);
  for (int round = 1; round <= 2; ++round) {
    rows.restart();
    const auto first = rows(0, Tokens{1});
    const auto second = rows(1, Tokens{1, 2});
    CHECK(calls == 2 * round);
    CHECK(first[0] == 1);
    CHECK(second[2] == 2);
    CHECK(rows(0, Tokens{1})[1] == 1);
    CHECK(calls == 2 * round);
  }
}

TEST_CASE("a row whose model throws is empty, and what was thrown is kept") {
  const auto model = [](std::span<const lk::Token> tokens) {
    if (tokens.size() > 1) throw std::runtime_error("out of memory");
    return std::vector<float>{1, 2};
  };
  lk::detail::LazyRows rows(model);
  rows.restart();
  CHECK(rows(0, Tokens{1}).size() == 2);
  CHECK_FALSE(rows.error(0));
  CHECK(rows(1, Tokens{1, 2}).size() == 0);
  CHECK_FALSE(rows.error(0));  // that was another row
  CHECK(rows.error(1));
}
