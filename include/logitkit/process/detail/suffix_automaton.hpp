// SPDX-License-Identifier: MIT
// SuffixAutomaton: what has come after the end of a text, where that has occurred before.
#pragma once

#include <logitkit/core/token.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// The runs of tokens of a text that grows, and which tokens have followed them, in the last
/// `window` tokens. A value.
///
/// A state is a class of runs that have occurred at the same places, each a suffix of the longest;
/// its link leads to the longest suffix that has occurred elsewhere, too. An edge leads from a run
/// to the same with a token more. So the suffixes of the text that have occurred before are a chain
/// of links, and the edges of these states are what came next (Blumer et al. 1985, "The smallest
/// automaton recognizing the subwords of a text"). Where the text was last in a state tells how
/// much of a run is in the window. What has left that is forgotten by building anew, once in as
/// many tokens as are kept.
///
/// Cost: `append` O(1) amortised, however long or alike the text; with a window besides, one step
/// for each state of the chain whose runs are of the lengths that matter. `for_each_next` one step
/// for each edge of these states. Memory: some 80 bytes for each of min(2 * window, tokens).
class SuffixAutomaton {
 public:
  /// Runs of fewer than `least` >= 1 tokens do not matter, and those of more than `most` >= least
  /// count as `most`. Keeps max(window, memory) tokens, the latter for `ends_with`.
  SuffixAutomaton(std::size_t window, std::size_t memory, std::size_t least, std::size_t most)
      : window_(window),
        kept_(std::max({window, memory, std::size_t(1)})),
        least_(least),
        most_(std::min(most, kLongest)),
        states_(1) {}

  /// One token more.
  void append(Token token) {
    if (text_.size() / 2 >= kept_) rebuild();
    text_.push_back(token);
    extend(token);
  }

  /// Whether the text ends with these tokens.
  [[nodiscard]] bool ends_with(std::span<const Token> tokens) const {
    return tokens.size() <= text_.size() &&
           std::equal(tokens.rbegin(), tokens.rend(), text_.rbegin());
  }

  [[nodiscard]] std::span<const Token> text() const { return text_; }

  /// The longest end of the text that occurs before, too, if nothing leaves the window: its length,
  /// and the index of the token that came after it the first time.
  struct Earlier {
    std::size_t length, next;
  };
  [[nodiscard]] Earlier earlier() const {
    return {repeated_length_, std::size_t(states_[repeated_].latest) + 1};
  }

  /// Calls f(token, length) for what came after the end of the text: the token, and how many tokens
  /// before it, `longest` at most and all in the window, are those at the end. The greatest length
  /// of a token is among those that it is called with.
  template <class F>
  void for_each_next(std::size_t longest, const F& f) const {
    longest = std::min(longest, most_);
    const std::size_t first = text_.size() - std::min(text_.size(), window_);
    for (Index at = repeated_; states_[at].length >= least_; at = states_[at].link) {
      const State& state = states_[at];
      if (states_[state.link].length >= longest) continue;  // there are the same and more
      for (Index edge = state.edge; edge != kNone; edge = edges_[edge].next) {
        const std::size_t latest = states_[edges_[edge].target].latest;
        const std::size_t inside = latest - std::min(latest, first);
        const std::size_t length = std::min({std::size_t(state.length), longest, inside});
        if (length >= least_) f(edges_[edge].token, length);
      }
    }
  }

 private:
  using Index = std::uint32_t;
  static constexpr Index kNone = 0xffffffffu;
  static constexpr std::size_t kLongest = kNone / 2;  // what an index for two states a token allows
  struct State {
    Index length = 0;    // of its longest run
    Index link = 0;      // of the first state, whose run is empty, to itself
    Index edge = kNone;  // the first of a list
    Index latest = 0;    // where a run of it has ended last, if its length matters: see above
  };
  struct Edge {
    Token token;
    Index from, target, next;
  };

  void rebuild() {
    text_.erase(text_.begin(), text_.end() - static_cast<std::ptrdiff_t>(kept_));
    states_.assign(1, {});
    edges_.clear();
    std::fill(slots_.begin(), slots_.end(), kNone);
    last_ = repeated_ = 0;
    repeated_length_ = 0;
    const std::size_t size = text_.size();
    for (std::size_t i = 0; i < size; ++i) extend(text_[i]);
  }

  /// Makes the automaton of the text before `token` that of the text with it: one state more, or
  /// two.
  void extend(Token token) {
    follow_repeated(token);
    const Index at = states_[last_].length;
    const Index all = add_state({at + 1, 0, kNone, at});
    Index state = last_, edge;
    while ((edge = find(state, token)) == kNone) {
      add_edge(state, token, all);
      if (state == 0) break;
      state = states_[state].link;
    }
    if (edge != kNone) states_[all].link = run_of(state, edge);
    last_ = all;
    if (window_ >= text_.max_size()) return;  // nothing leaves the window
    for (Index s = repeated_; states_[s].length > least_; s = states_[s].link) {
      states_[s].latest = at;
    }
  }

  /// The state whose longest run is that of `state` and the token of its edge: the target or, if
  /// that has a longer one, a part of it that is split off.
  Index run_of(Index state, Index edge) {
    const Index target = edges_[edge].target, length = states_[state].length + 1;
    if (states_[target].length == length) return target;
    const Index part = add_state({length, states_[target].link, kNone, states_[target].latest});
    for (Index e = states_[target].edge; e != kNone; e = edges_[e].next) {
      add_edge(part, edges_[e].token, edges_[e].target);
    }
    states_[target].link = part;
    const Token token = edges_[edge].token;
    while (edges_[edge].target == target) {  // what a state has an edge for, its link has
      edges_[edge].target = part;
      if (state == 0) break;
      state = states_[state].link;
      edge = find(state, token);
    }
    if (repeated_ == target && repeated_length_ <= length) repeated_ = part;
    return part;
  }

  /// Before a token is appended: moves `repeated_` to the longest end of the text with it that has
  /// occurred before, of most_ + 1 tokens at most: one more than matter.
  void follow_repeated(Token token) {
    Index edge;
    while ((edge = find(repeated_, token)) == kNone && repeated_ != 0) {
      repeated_ = states_[repeated_].link;
      repeated_length_ = states_[repeated_].length;
    }
    if (edge == kNone) return;
    repeated_ = edges_[edge].target;
    if (repeated_length_++ < most_ + 1) return;
    repeated_length_ = most_ + 1;
    while (states_[states_[repeated_].link].length >= repeated_length_) {
      repeated_ = states_[repeated_].link;
    }
  }

  Index add_state(const State& state) {
    states_.push_back(state);
    return static_cast<Index>(states_.size() - 1);
  }

  void add_edge(Index from, Token token, Index target) {
    if (2 * (edges_.size() + 1) > slots_.size()) grow();
    const auto edge = static_cast<Index>(edges_.size());
    edges_.push_back({token, from, target, states_[from].edge});
    states_[from].edge = edge;
    slots_[slot_of(from, token)] = edge;
  }

  /// The edge from a state with a token, or kNone.
  [[nodiscard]] Index find(Index from, Token token) const {
    return slots_.empty() ? kNone : slots_[slot_of(from, token)];
  }
  /// Open addressing, at most half full; the number of slots is a power of two.
  [[nodiscard]] std::size_t slot_of(Index from, Token token) const {
    const std::uint64_t key = std::uint64_t{from} << 32 | static_cast<std::uint32_t>(token);
    const std::size_t last = slots_.size() - 1;
    std::size_t at = (key * 0x9e3779b97f4a7c15u >> 32) & last;
    while (slots_[at] != kNone &&
           (edges_[slots_[at]].from != from || edges_[slots_[at]].token != token)) {
      at = (at + 1) & last;
    }
    return at;
  }
  void grow() {
    slots_.assign(slots_.empty() ? 16 : 2 * slots_.size(), kNone);
    for (Index i = 0; i < edges_.size(); ++i) slots_[slot_of(edges_[i].from, edges_[i].token)] = i;
  }

  std::size_t window_, kept_, least_, most_;
  std::vector<Token> text_;  // no more than 2 * kept_ + 1
  std::vector<State> states_;
  std::vector<Edge> edges_;
  std::vector<Index> slots_;         // edges by where they begin and their token
  Index last_ = 0;                   // the state of all the text
  Index repeated_ = 0;               // that of its longest end that matters and is elsewhere, too
  std::size_t repeated_length_ = 0;  // of that end
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
