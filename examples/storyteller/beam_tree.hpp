// SPDX-License-Identifier: MIT
// BeamTree: what a beam search did, step by step, as a tree that can be drawn.
#pragma once

#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace storyteller {

/// Every text that was among the beams. The root is the end of the prompt; any other node is a
/// token, and the path to it a text. Looks on from outside, at what every engine sees of a session,
/// and keeps whole steps for as long as they are at most `most` nodes together: a long search is
/// cut.
class BeamTree {
 public:
  enum class Fate {
    went_on,   // among the beams of the next step, with some token
    pruned,    // no text that continues it was
    finished,  // met a limit
    left,      // live when the search, or the record, ended
  };

  struct Node {
    logitkit::Token token = logitkit::kNoToken;
    std::size_t parent = 0, depth = 0;
    double sum = std::numeric_limits<double>::quiet_NaN();  // of log-probabilities, while it lived
    std::vector<std::size_t> children{};                    // of one step, best first
    logitkit::StopReason reason = logitkit::StopReason::none;  // if it finished,
    double score = 0;                                          // with this score
    std::size_t place = 0;                                     // by it, from 1; 0: it was outdone
    bool winning = false;                                      // the best text or part of it
    bool live = false;                                         // of the last step recorded
  };

  explicit BeamTree(std::size_t most = 2000) : most_(most), nodes_(1) {
    nodes_[0].sum = 0;
    nodes_[0].live = true;
  }

  /// To be called after each step of the session, with what it returned.
  template <class Session>
  void record(const Session& session, const logitkit::BeamStep& step) {
    ++steps_;
    const std::size_t news = step.tokens.size() + session.finished().size();
    if (steps_ > recorded_ + 1 || nodes_.size() + news > most_) return;
    recorded_ = steps_;

    std::vector<std::size_t> next;
    for (std::size_t r = 0; r < step.tokens.size(); ++r) {
      next.push_back(child(live_[step.parents[r]], step.tokens[r]));
      nodes_[next[r]].sum = session.sum(r);
    }
    for (const logitkit::Generation& each : session.finished()) {
      const auto [node, depth] = find(each.tokens);
      const bool whole = depth == each.tokens.size();  // else it lacks the token that ended it
      const std::size_t end = whole ? node : child(node, each.tokens.back());
      nodes_[end].reason = each.reason;
      nodes_[end].score = each.score;
    }
    if (session.done()) return;  // the last beams are not said to go on
    for (const std::size_t node : live_) nodes_[node].live = false;
    for (const std::size_t node : next) nodes_[node].live = true;
    live_ = std::move(next);
  }

  /// To be called at the end, with all that finished, best first: the first is marked.
  void finish(std::span<const logitkit::Generation> best_first) {
    for (std::size_t i = 0; i < best_first.size(); ++i) {
      const auto [end, depth] = find(best_first[i].tokens);
      if (depth == best_first[i].tokens.size()) nodes_[end].place = i + 1;
      if (i > 0) continue;
      for (std::size_t node = end; node != 0; node = nodes_[node].parent)
        nodes_[node].winning = true;
      nodes_[0].winning = true;
    }
  }

  [[nodiscard]] std::span<const Node> nodes() const { return nodes_; }  // parents first
  [[nodiscard]] std::size_t steps() const { return steps_; }
  [[nodiscard]] std::size_t recorded() const { return recorded_; }  // the first so many steps

  [[nodiscard]] Fate fate(const Node& node) const {
    if (node.reason != logitkit::StopReason::none) return Fate::finished;
    if (!node.children.empty()) return Fate::went_on;
    return node.live ? Fate::left : Fate::pruned;
  }
  [[nodiscard]] std::size_t count(Fate fate) const {
    return static_cast<std::size_t>(std::count_if(
        nodes_.begin(), nodes_.end(), [&](const Node& node) { return this->fate(node) == fate; }));
  }

  /// The row of each node, if it is drawn in the column of its depth. A node's first child is
  /// beside it; the others, with all that comes of them, are below as near as there is room. No two
  /// edges cross, and no two nodes are in one place.
  [[nodiscard]] std::vector<std::size_t> rows() const {
    struct Extent {
      std::size_t first, last;  // rows below the root of a subtree
    };
    std::vector<std::vector<Extent>> extents(nodes_.size());  // of its subtree, by depth
    std::vector<std::size_t> rows(nodes_.size());             // at first below the parent
    for (std::size_t node = nodes_.size(); node-- > 0;) {
      std::vector<Extent> all;
      for (const std::size_t child : nodes_[node].children) {
        const std::vector<Extent> of_child = std::exchange(extents[child], {});
        const std::size_t common = std::min(all.size(), of_child.size());
        for (std::size_t d = 0; d < common; ++d)
          if (const std::size_t free = all[d].last + 1; free > of_child[d].first)
            rows[child] = std::max(rows[child], free - of_child[d].first);
        for (std::size_t d = 0; d < of_child.size(); ++d) {
          if (d >= common) all.push_back({of_child[d].first + rows[child], 0});
          all[d].last = of_child[d].last + rows[child];
        }
      }
      all.insert(all.begin(), {0, 0});
      extents[node] = std::move(all);
    }
    for (std::size_t node = 1; node < nodes_.size(); ++node)
      rows[node] += rows[nodes_[node].parent];
    return rows;
  }

 private:
  /// The child with this token, made if there is none.
  std::size_t child(std::size_t parent, logitkit::Token token) {
    for (const std::size_t each : nodes_[parent].children)
      if (nodes_[each].token == token) return each;
    nodes_[parent].children.push_back(nodes_.size());
    nodes_.push_back({.token = token, .parent = parent, .depth = nodes_[parent].depth + 1});
    return nodes_.size() - 1;
  }

  /// The last node on the way of these tokens, and how many of them lead to it.
  [[nodiscard]] std::pair<std::size_t, std::size_t> find(
      std::span<const logitkit::Token> tokens) const {
    std::size_t node = 0, depth = 0;
    for (; depth < tokens.size(); ++depth) {
      const auto& children = nodes_[node].children;
      const auto next = std::find_if(children.begin(), children.end(), [&](std::size_t each) {
        return nodes_[each].token == tokens[depth];
      });
      if (next == children.end()) break;
      node = *next;
    }
    return {node, depth};
  }

  std::size_t most_;
  std::vector<Node> nodes_;
  std::vector<std::size_t> live_{0};  // the node of each live beam
  std::size_t steps_ = 0, recorded_ = 0;
};

}  // namespace storyteller
