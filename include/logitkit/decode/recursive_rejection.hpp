// SPDX-License-Identifier: MIT
// RecursiveRejection: verifies a tree of drafts from its root, sibling after sibling (SpecInfer).
#pragma once

#include <logitkit/decode/detail/residual.hpp>
#include <logitkit/decode/draft_tree.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// From the root on: a child x is accepted with probability min(1, p(x) / q(x)), p the target after
/// its parent and q what it was drawn from. If it is not, p becomes (p - q)+, normalised, and,
/// where siblings are drawn without replacement, q becomes q without x, normalised; then the next
/// sibling is tried. Below an accepted child it begins anew. If no child is left, the token after
/// the path is drawn from what p has become. Children without chance are certain: q = 1 for each.
/// Lossless: the path and the token after it are distributed as without a draft.
/// Cost: O(size of p and q) for each node tried. Allocation: none once it has seen such a tree.
/// Source: Miao et al. 2023, "SpecInfer", arXiv 2305.09781; without replacement: Yang et al. 2024,
/// "Multi-candidate speculative decoding", arXiv 2401.06706.
class RecursiveRejection {
 public:
  explicit RecursiveRejection(Siblings siblings = Siblings::without_replacement)
      : siblings_(siblings) {}

  /// `target(row)`: the Probabilities of the model and its chain for a row of the tree, asked for
  /// once each along the path, the reference good until the next. `tests(node)`: the number in
  /// [0,1) that decides on a node; `next(n)`: the one for the token after n accepted ones.
  [[nodiscard]] TreeVerdict operator()(const DraftTree& tree, auto&& target, const auto& tests,
                                       const auto& next) {
    path_.clear();
    std::size_t node = DraftTree::kRoot, child;
    do {
      residual_.assign(target(node + 1), tree.drawn(node));
      for (child = tree.child(node, node); child < tree.size(); child = tree.child(node, child)) {
        const Token token = tree.tokens[child];
        const auto [p, q] = residual_[token];
        if (tests(child) * q < p) break;
        residual_.reject(token, 1);
        if (siblings_ == Siblings::without_replacement) residual_.remove(token);
      }
      if (child < tree.size()) path_.push_back(child);
      node = child;
    } while (node < tree.size());
    return {path_, residual_.draw(next(path_.size()))};
  }

 private:
  Siblings siblings_;
  detail::Residual residual_;
  std::vector<std::size_t> path_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
