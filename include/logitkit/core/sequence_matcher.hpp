// SPDX-License-Identifier: MIT
// SequenceMatcher: which of many sequences a growing text ends with; O(1) a token.
#pragma once

#include <logitkit/core/token.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// Sequences of tokens, each with a value; the same sequence may come twice, and the empty one ends
/// every text. The tables are built once and shared by all copies, which differ in one number: the
/// longest end of the text that may still become a sequence.
/// Cost: a token amortised O(1) steps, each a search among the tokens that may follow; a look
/// O(sequences that match now), however many there are; a copy O(1).
/// Source: Aho, Corasick 1975, "Efficient string matching: an aid to bibliographic search".
template <class Value>
class SequenceMatcher {
 public:
  using Entry = std::pair<std::vector<Token>, Value>;

  explicit SequenceMatcher(std::vector<Entry> sequences)
      : tables_(std::make_shared<const Tables>(std::move(sequences))) {}

  /// The text goes on with a token.
  void accept(Token token) { state_ = tables_->after(state_, token); }

  /// Calls f(value) for each sequence that the text ends with: longer ones first, equal ones in the
  /// order given.
  template <class F>
  void for_each_match(const F& f) const {
    for (std::uint32_t at = state_;; at = tables_->nodes[at].next_match) {
      const Node& node = tables_->nodes[at];
      for (const Value& value : std::span(tables_->values).subspan(node.first_value, node.values)) {
        f(value);
      }
      if (at == kRoot) return;
    }
  }

 private:
  static constexpr std::uint32_t kRoot = 0;

  // A beginning of some sequences.
  struct Node {
    std::uint32_t first_edge = 0;
    std::uint32_t edges = 0;
    std::uint32_t first_value = 0;
    std::uint32_t values = 0;          // of the sequences that are this beginning
    std::uint32_t fallback = kRoot;    // its longest proper end that is a beginning, too
    std::uint32_t next_match = kRoot;  // the nearest fallback with values, or the root
  };
  struct Edge {
    Token token;
    std::uint32_t node;
  };

  struct Tables {
    std::vector<Node> nodes;  // shorter beginnings first, the empty one is the root
    std::vector<Edge> edges;  // by node, then by token
    std::vector<Value> values;

    explicit Tables(std::vector<Entry> sequences) {
      std::stable_sort(sequences.begin(), sequences.end(),
                       [](const Entry& a, const Entry& b) { return a.first < b.first; });
      grow(sequences);
      link();
      for (Entry& entry : sequences) values.push_back(std::move(entry.second));
    }

    /// One node for each beginning: sorted sequences that share it stand side by side.
    void grow(const std::vector<Entry>& sequences) {
      struct Range {
        std::size_t begin, end;
        std::size_t length;  // of the beginning they share
      };
      std::vector<Range> ranges{{0, sequences.size(), 0}};
      nodes.emplace_back();
      for (std::size_t n = 0; n < ranges.size(); ++n) {
        const auto [begin, end, length] = ranges[n];
        std::size_t i = begin;
        while (i < end && sequences[i].first.size() == length) ++i;
        nodes[n].first_value = index(begin);
        nodes[n].values = index(i - begin);
        nodes[n].first_edge = index(edges.size());
        while (i < end) {
          const Token token = sequences[i].first[length];
          const std::size_t first = i;
          while (i < end && sequences[i].first[length] == token) ++i;
          edges.push_back({token, index(nodes.size())});
          nodes.emplace_back();
          ranges.push_back({first, i, length + 1});
        }
        nodes[n].edges = index(edges.size()) - nodes[n].first_edge;
      }
    }

    void link() {
      for (std::uint32_t n = kRoot; n < nodes.size(); ++n) {
        for (const Edge& edge : edges_of(n)) {
          Node& child = nodes[edge.node];
          child.fallback = n == kRoot ? kRoot : after(nodes[n].fallback, edge.token);
          const Node& fallback = nodes[child.fallback];
          child.next_match = fallback.values > 0 ? child.fallback : fallback.next_match;
        }
      }
    }

    [[nodiscard]] std::span<const Edge> edges_of(std::uint32_t node) const {
      return std::span(edges).subspan(nodes[node].first_edge, nodes[node].edges);
    }

    /// The longest beginning that node + token ends with.
    [[nodiscard]] std::uint32_t after(std::uint32_t node, Token token) const {
      while (true) {
        const auto list = edges_of(node);
        const auto found = std::lower_bound(list.begin(), list.end(), token,
                                            [](const Edge& e, Token t) { return e.token < t; });
        if (found != list.end() && found->token == token) return found->node;
        if (node == kRoot) return kRoot;
        node = nodes[node].fallback;
      }
    }

    static std::uint32_t index(std::size_t n) { return static_cast<std::uint32_t>(n); }
  };

  std::shared_ptr<const Tables> tables_;
  std::uint32_t state_ = kRoot;
};

}  // namespace logitkit::inline LOGITKIT_ABI
