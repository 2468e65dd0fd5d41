// SPDX-License-Identifier: MIT
// RecursiveRejection: exactly the target's distribution, whatever was drawn, and however.
#include <logitkit/decode/recursive_rejection.hpp>

#include "support/catch.hpp"
#include "support/tree_law.hpp"

namespace lk = logitkit;

TEST_CASE("recursive rejection is lossless, by all outcomes", "[recursive_rejection]") {
  for (const double each : test::accepted_without_loss<lk::RecursiveRejection>()) CHECK(each > 0);
}

TEST_CASE("a draft from the target itself is always accepted", "[recursive_rejection]") {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const test::RandomTable p{4, seed};
    const auto law = test::TreeWalk(lk::RecursiveRejection(), {lk::DraftTree::kRoot, 0, 1},
                                    test::Drawn::without_replacement, p, p)
                         .run();
    CHECK(std::fabs(law.accepted - 3) < 1e-12);
  }
}

TEST_CASE("without nodes a tree is one draw from the target", "[recursive_rejection]") {
  const test::RandomTable p{4, 1};
  lk::RecursiveRejection rule;
  const lk::Probabilities row = p({});
  const auto target = [&](std::size_t) -> const lk::Probabilities& { return row; };
  const auto never = [](std::size_t) -> double { throw std::logic_error("there is no node"); };
  const auto verdict =
      rule(lk::DraftTree{}, target, never, [](std::size_t) { return 1 - 0x1p-53; });
  CHECK(verdict.path.empty());
  CHECK(verdict.next == row.tokens().back());
}
