// SPDX-License-Identifier: MIT
// TraversalRule: verifies a tree of drafts from its leaves to its root, whole paths at a time.
#pragma once

#include <logitkit/decode/detail/residual.hpp>
#include <logitkit/decode/draft_tree.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Each node has a share a, the probability that the path to it is accepted: 1 at the root,
/// min(1, a p(x) / q(x)) at a child x of a node with a, p the target after that and q what x was
/// drawn from. Nodes are tested after their children: a leaf, or a node all of whose children were
/// rejected, is accepted with probability a, and with it the path to it. If it is not, then for its
/// parent, of share a,
///
///   m = sum (a p - q)+,   p becomes (a p - q)+ / m,   a becomes m / (m + 1 - a),
///
/// q becomes q without x, normalised, where siblings are drawn without replacement, and the next
/// sibling is tried with these. The token after the path is drawn from what the p of its last node
/// has become. Children without chance are certain: q = 1 for each.
/// Lossless. Of a chain it accepts as many tokens as block verification, which is the most that is
/// possible; of a tree, mostly more than RecursiveRejection.
/// Cost: O(size of p and q) for each node that can be accepted. Allocation: none once it has seen
/// such a tree. Source: Weng et al. 2025, "Traversal verification for speculative tree decoding",
/// arXiv 2505.12398, algorithm 3.
class TraversalRule {
 public:
  explicit TraversalRule(Siblings siblings = Siblings::without_replacement) : siblings_(siblings) {}

  /// `target(row)`: the Probabilities of the model and its chain for a row of the tree, asked for
  /// at most once each, a node's before its children's, the reference good until the next.
  /// `tests(node)`: the number in [0,1) that decides on a node; `next(n)`: the one for the token
  /// after n accepted ones.
  [[nodiscard]] TreeVerdict operator()(const DraftTree& tree, auto&& target, const auto& tests,
                                       const auto& next) {
    if (residuals_.size() <= tree.size()) residuals_.resize(tree.size() + 1);
    path_.clear();
    verify(tree, DraftTree::kRoot, 1, target, tests);
    return {path_, residuals_[path_.size()].draw(next(path_.size()))};
  }

 private:
  /// Whether the path to a node, or to one below it, is accepted: it is then path_.
  bool verify(const DraftTree& tree, std::size_t node, double share, auto& target,
              const auto& tests) {
    detail::Residual& residual = residuals_[path_.size()];
    residual.assign(target(node + 1), tree.drawn(node));
    for (std::size_t child = tree.child(node, node); child < tree.size();
         child = tree.child(node, child)) {
      const Token token = tree.tokens[child];
      const auto [p, q] = residual[token];
      const double reached = share * p;
      if (reached > 0) {
        path_.push_back(child);
        if (verify(tree, child, reached < q ? reached / q : 1, target, tests)) return true;
        path_.pop_back();
      }
      const double mass = residual.reject(token, share);
      if (share < 1) share = mass / (mass + (1 - share));
      if (siblings_ == Siblings::without_replacement) residual.remove(token);
    }
    return share == 1 || tests(node) < share;
  }

  Siblings siblings_;
  std::vector<detail::Residual> residuals_;  // of the nodes on the path, by their depth
  std::vector<std::size_t> path_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
