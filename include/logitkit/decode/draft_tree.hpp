// SPDX-License-Identifier: MIT
// DraftTree: several continuations of a context that share their beginnings, to be verified at
// once.
#pragma once

#include <logitkit/core/probabilities.hpp>

#include <cstddef>
#include <span>

namespace logitkit::inline LOGITKIT_ABI {

/// Nodes, each a token after its parent's. Siblings are told apart by their order: they are
/// verified as they come. A tree has rows, the model's and the drafter's: row 0 is what follows the
/// context, row i + 1 what follows node i.
struct DraftTree {
  static constexpr std::size_t kRoot = std::size_t(-1);  ///< the context; its row is kRoot + 1 = 0

  std::span<const Token> tokens{};
  std::span<const std::size_t> parents{};  ///< of each node: a node before it, or kRoot
  /// One a row: what its children were really drawn from, one after the other, after the drafter's
  /// own chain; not looked at for a leaf. Empty where there was no chance in any.
  std::span<const Probabilities> drawn_from{};

  [[nodiscard]] std::size_t size() const { return tokens.size(); }

  /// child(node, node) is the first child of a node, child(node, c) the one after child c; size()
  /// if there is none. O(size()).
  [[nodiscard]] std::size_t child(std::size_t node, std::size_t after) const {
    std::size_t i = after + 1;
    while (i < size() && parents[i] != node) ++i;
    return i;
  }

  /// What the children of a node were drawn from; null where there was no chance in them.
  [[nodiscard]] const Probabilities* drawn(std::size_t node) const {
    return drawn_from.empty() ? nullptr : &drawn_from[node + 1];
  }
};

/// How siblings were drawn.
enum class Siblings {
  without_replacement,  ///< each from what the ones before it have left: no token twice
  with_replacement,     ///< each from the same distribution
};

/// What was verified: the accepted nodes, each the child of the one before, and the token after
/// them. `path` is the rule's memory, valid until its next call.
struct TreeVerdict {
  std::span<const std::size_t> path{};
  Token next = kNoToken;
};

}  // namespace logitkit::inline LOGITKIT_ABI
