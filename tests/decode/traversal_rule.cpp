// SPDX-License-Identifier: MIT
// TraversalRule: exactly the target's distribution, and no fewer tokens than the other rule.
#include <logitkit/decode/traversal_rule.hpp>

#include <logitkit/decode/block_rule.hpp>
#include <logitkit/decode/recursive_rejection.hpp>

#include "support/catch.hpp"
#include "support/tree_law.hpp"

namespace lk = logitkit;

TEST_CASE("traversal is lossless, by all outcomes, and accepts more", "[traversal_rule]") {
  const auto accepted = test::accepted_without_loss<lk::TraversalRule>();
  const auto recursively = test::accepted_without_loss<lk::RecursiveRejection>();
  for (std::size_t i = 0; i < accepted.size(); ++i) CHECK(accepted[i] > recursively[i] - 1e-9);
}

TEST_CASE("of a chain it takes what BlockRule takes, number by number", "[traversal_rule]") {
  lk::TraversalRule traversal;
  std::size_t accepted = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    CAPTURE(seed);
    const test::RandomTable p{4, 2 * seed}, q{4, 2 * seed + 1};
    reference::Bits bits(seed);
    std::vector<lk::Probabilities> rows{p({})}, drawn_from;
    test::Tokens tokens;
    for (std::size_t i = 0; i < 3; ++i) {
      drawn_from.push_back(q(tokens));
      const auto likely = drawn_from.back().tokens();
      tokens.push_back(likely[bits.below(likely.size())]);
      rows.push_back(p(tokens));
    }
    drawn_from.push_back(q(tokens));  // of the leaf, not looked at
    const std::vector<std::size_t> parents{lk::DraftTree::kRoot, 0, 1};
    std::vector<double> numbers;
    for (int i = 0; i < 7; ++i) numbers.push_back(bits.uniform());
    const auto target = [&](std::size_t row) -> const lk::Probabilities& { return rows[row]; };
    const auto tests = [&](std::size_t i) { return numbers[i]; };
    const auto next = [&](std::size_t i) { return numbers[3 + i]; };
    const auto of_tree = traversal(lk::DraftTree{tokens, parents, drawn_from}, target, tests, next);
    const lk::Draft draft{tokens, std::span(drawn_from).first(3)};
    const lk::Verdict of_block = lk::BlockRule{}(target, draft, tests, next);
    REQUIRE(of_tree.path.size() == of_block.accepted);
    REQUIRE(of_tree.next == of_block.next);
    accepted += of_block.accepted;
  }
  CHECK(accepted > 500);
}
