// SPDX-License-Identifier: MIT
// DraftTree: children in order, rows of nodes.
#include <logitkit/decode/draft_tree.hpp>

#include "support/catch.hpp"

#include <array>

namespace lk = logitkit;

TEST_CASE("a tree's children come in order, and rows are one more than nodes", "[draft_tree]") {
  constexpr std::size_t kRoot = lk::DraftTree::kRoot;
  const std::array<lk::Token, 5> tokens{3, 4, 5, 6, 7};
  const std::array<std::size_t, 5> parents{kRoot, 0, kRoot, 0, 1};
  std::array<lk::Probabilities, 6> drawn_from;
  lk::DraftTree tree{tokens, parents, drawn_from};
  CHECK(tree.child(kRoot, kRoot) == 0);
  CHECK(tree.child(kRoot, 0) == 2);
  CHECK(tree.child(kRoot, 2) == tree.size());
  CHECK(tree.child(0, 0) == 1);
  CHECK(tree.child(0, 1) == 3);
  CHECK(tree.child(4, 4) == tree.size());
  CHECK(tree.drawn(kRoot) == &drawn_from[0]);
  CHECK(tree.drawn(4) == &drawn_from[5]);
  tree.drawn_from = {};
  CHECK(tree.drawn(kRoot) == nullptr);
  CHECK(lk::DraftTree{}.child(kRoot, kRoot) == 0);
}
