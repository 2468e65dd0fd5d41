// SPDX-License-Identifier: MIT
// BeamHistory: every token of a beam search once, pointing back to the one before it.
#pragma once

#include <logitkit/core/generation.hpp>
#include <logitkit/decode/best_extensions.hpp>

#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// A tree whose root is the end of the prompt and whose paths from it are the prefixes. It only
/// grows, and a child's number is larger than its parent's. With each node, if asked for: its
/// log-probability and rank, and the alternatives of the row that follows it.
class BeamHistory {
 public:
  using Node = std::uint32_t;  // 2^32 tokens would take 32 GB
  static constexpr Node kRoot = 0;

  explicit BeamHistory(const Report& report) : report_(report) {
    nodes_.push_back({kNoToken, kRoot});
    if (report_.model) log_probabilities_.push_back(0);
    if (report_.rank) ranks_.push_back(0);
  }

  /// Room for n tokens and, of what is reported with them, for as much as is not too much to keep.
  void reserve(std::size_t n) {
    constexpr std::size_t kMostAlternatives = std::size_t(1) << 18;
    nodes_.reserve(1 + n);
    if (report_.model) log_probabilities_.reserve(1 + n);
    if (report_.rank) ranks_.reserve(1 + n);
    alternatives_.reserve(std::min((1 + n) * report_.alternatives, kMostAlternatives));
  }

  Node add(Node parent, const Extension& extension) {
    nodes_.push_back({extension.token, parent});
    if (report_.model) log_probabilities_.push_back(extension.model_log_probability);
    if (report_.rank) ranks_.push_back(extension.rank);
    return static_cast<Node>(nodes_.size() - 1);
  }

  /// Where the alternatives of the row after this node are to be appended. Nodes that get a row get
  /// it in the order of their numbers, all of them, before any child is added.
  [[nodiscard]] std::vector<Alternative>& alternatives_after(Node node) {
    alternatives_.resize(node * report_.alternatives);
    return alternatives_;
  }

  /// Turns `tokens`, which end with the path to `from`, into the `size` ones that end with the path
  /// to `to`. Writes only those after the paths part.
  void redirect(std::vector<Token>& tokens, Node from, Node to, std::size_t size) const {
    tokens.resize(size);
    std::size_t at = size;
    while (from != to) {  // the larger number is not an ancestor of the smaller one
      if (from > to) {
        from = nodes_[from].parent;
      } else {
        tokens[--at] = nodes_[to].token;
        to = nodes_[to].parent;
      }
    }
  }

  /// Tells a hypothesis what was reported along the path to `node`, at `depth`. It has as many
  /// tokens or one more, which is `last`.
  void report(Node node, std::size_t depth, const Extension& last, Generation& hypothesis) const {
    const std::size_t size = hypothesis.tokens.size(), n = report_.alternatives;
    if (report_.model) hypothesis.model_log_probabilities.resize(size, last.model_log_probability);
    if (report_.rank) hypothesis.ranks.resize(size, last.rank);
    hypothesis.alternatives.resize(size * n);
    for (;; node = nodes_[node].parent) {
      if (depth < size) {
        const auto first = alternatives_.begin() + static_cast<std::ptrdiff_t>(node * n);
        std::copy_n(first, n,
                    hypothesis.alternatives.begin() + static_cast<std::ptrdiff_t>(depth * n));
      }
      if (depth-- == 0) return;
      if (report_.model) hypothesis.model_log_probabilities[depth] = log_probabilities_[node];
      if (report_.rank) hypothesis.ranks[depth] = ranks_[node];
    }
  }

 private:
  struct Entry {
    Token token;
    Node parent;
  };

  Report report_;
  std::vector<Entry> nodes_;               // the root first
  std::vector<double> log_probabilities_;  // of each node
  std::vector<std::size_t> ranks_;         // of each node
  std::vector<Alternative> alternatives_;  // n for each node with a row
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
