// SPDX-License-Identifier: MIT
// Workspace: one scratch for each scalar, that grows to the largest vocabulary and stays.
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <logitkit/core/workspace.hpp>

namespace lk = logitkit;

TEST_CASE("each scalar has its own scratch, always the same one", "[workspace]") {
  lk::Workspace workspace;
  REQUIRE(&workspace.scratch<float>() == &workspace.scratch<float>());
  STATIC_REQUIRE(
      !std::is_same_v<decltype(workspace.scratch<float>()), decltype(workspace.scratch<double>())>);
  REQUIRE(workspace.alternatives().empty());
  REQUIRE(workspace.picks().empty());
}

TEST_CASE("a scratch allocates for a larger vocabulary only", "[workspace]") {
  lk::detail::Scratch<float> scratch;
  std::size_t before = test::allocations;
  scratch.resize(1000);
  REQUIRE(test::allocations > before);
  before = test::allocations;
  for (const std::size_t size : {1000u, 1u, 999u, 64u, 65u, 0u, 1000u}) scratch.resize(size);
  REQUIRE(test::allocations == before);
  scratch.resize(1001);
  REQUIRE(test::allocations > before);
}

TEST_CASE("a scratch begins without edits and survivors, whatever was left in it", "[workspace]") {
  lk::detail::Scratch<double> scratch;
  scratch.resize(200);
  for (const lk::Token token : {0, 63, 64, 199}) {
    scratch.edited[static_cast<std::size_t>(token) / 64] |= std::uint64_t{1} << (token % 64);
    scratch.edits.push_back(token);
  }
  scratch.survivors.push_back({3, 1.0});
  for (const std::size_t size : {10u, 200u, 300u}) {
    scratch.resize(size);
    REQUIRE(scratch.edits.empty());
    REQUIRE(scratch.survivors.empty());
    for (const std::uint64_t word : scratch.edited) REQUIRE(word == 0);
    REQUIRE(scratch.tiles.size() == (size + 63) / 64);
  }
}
