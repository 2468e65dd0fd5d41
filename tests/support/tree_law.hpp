// SPDX-License-Identifier: MIT
// The exact law of what the verification of a tree of drafts gives, and what it must be.
#pragma once

#include "reference/inputs.hpp"
#include "support/catch.hpp"
#include "support/forking_numbers.hpp"

#include <logitkit/decode/draft_tree.hpp>

#include <cmath>
#include <map>
#include <vector>

namespace test {

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

/// A distribution for each context, some of its probabilities 0: small whole numbers, normalised.
struct RandomTable {
  std::size_t vocabulary;
  std::uint64_t seed;

  [[nodiscard]] lk::Probabilities operator()(const Tokens& context) const {
    std::uint64_t key = seed;
    for (const lk::Token token : context) key = key * 31 + static_cast<std::uint64_t>(token) + 1;
    reference::Bits bits(key);
    Tokens tokens;
    std::vector<double> weights;
    for (std::size_t v = 0; v < vocabulary; ++v) {
      tokens.push_back(static_cast<lk::Token>(v));
      weights.push_back(double(std::max<std::size_t>(bits.below(9), 2) - 2));
    }
    weights[bits.below(vocabulary)] += 1;
    lk::Probabilities all;
    all.assign(tokens, weights);
    return all;
  }
};

enum class Drawn { without_replacement, with_replacement, certain };

/// What comes out: how probable each text is, and how many tokens are accepted on the average.
struct TreeLaw {
  std::map<Tokens, double> texts;
  double accepted = 0;
};

/// A tree of a given shape, drawn in every way, each verified in every way.
template <class Rule>
class TreeWalk {
 public:
  TreeWalk(Rule rule, std::vector<std::size_t> shape, Drawn drawn, RandomTable p, RandomTable q)
      : rule_(std::move(rule)), shape_(std::move(shape)), drawn_(drawn), p_(p), q_(q) {}

  [[nodiscard]] TreeLaw run() {
    law_ = {};
    contexts_ = {{}};
    places_.clear();
    grow(1);
    return law_;
  }

 private:
  static constexpr std::size_t kMissing = std::size_t(-2);

  /// Draws the next node of the shape; one whose siblings have left nothing to draw is missing.
  void grow(double weight) {
    const std::size_t i = places_.size();
    if (i == shape_.size()) return verify(weight);
    const std::size_t above = shape_[i];
    const std::size_t parent = above == lk::DraftTree::kRoot ? above : places_[above];
    const auto go_on = [&](lk::Token token, double w) {
      tokens_.push_back(token);
      parents_.push_back(parent);
      Tokens context = contexts_[parent + 1];
      context.push_back(token);
      contexts_.push_back(context);
      places_.push_back(tokens_.size() - 1);
      grow(w);
      places_.pop_back();
      contexts_.pop_back();
      parents_.pop_back();
      tokens_.pop_back();
    };
    const lk::Probabilities q =
        parent == kMissing ? lk::Probabilities() : q_(contexts_[parent + 1]);
    double rest = 0;
    for (const lk::Token token : q.tokens()) rest += is_free(parent, token) ? q[token] : 0;
    if (rest == 0) {
      places_.push_back(kMissing);
      grow(weight);
      places_.pop_back();
      return;
    }
    for (const lk::Token token : q.tokens()) {
      if (!is_free(parent, token)) continue;
      if (drawn_ == Drawn::certain) return go_on(token, weight);
      go_on(token, weight * q[token] / rest);
    }
  }

  [[nodiscard]] bool is_free(std::size_t parent, lk::Token token) const {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (drawn_ != Drawn::with_replacement && parents_[i] == parent && tokens_[i] == token) {
        return false;
      }
    }
    return true;
  }

  void verify(double weight) {
    std::vector<lk::Probabilities> rows, drawn_from;
    for (const Tokens& context : contexts_) {
      rows.push_back(p_(context));
      drawn_from.push_back(q_(context));
    }
    lk::DraftTree tree{tokens_, parents_, drawn_from};
    if (drawn_ == Drawn::certain) tree.drawn_from = {};
    ForkingNumbers numbers;
    const auto tests = [&](std::size_t node) { return numbers(node); };
    const auto next = [&](std::size_t n) { return numbers(1000 + n); };
    numbers.for_each_outcome([&] {
      std::vector<bool> asked(rows.size());
      const auto target = [&](std::size_t row) -> const lk::Probabilities& {
        if (asked.at(row)) throw std::logic_error("a row was asked for twice");
        asked[row] = true;
        return rows[row];
      };
      const lk::TreeVerdict verdict = rule_(tree, target, tests, next);
      Tokens text;
      std::size_t last = lk::DraftTree::kRoot;
      for (const std::size_t node : verdict.path) {
        if (parents_.at(node) != last) throw std::logic_error("that is no path");
        last = node;
        text.push_back(tokens_[node]);
      }
      text.push_back(verdict.next);
      law_.texts[text] += weight * numbers.weight();
      law_.accepted += weight * numbers.weight() * double(verdict.path.size());
    });
  }

  Rule rule_;
  std::vector<std::size_t> shape_;
  Drawn drawn_;
  RandomTable p_, q_;
  TreeLaw law_;
  Tokens tokens_;                     // of the tree so far
  std::vector<std::size_t> parents_;  // of the tree so far
  std::vector<Tokens> contexts_;      // of its rows
  std::vector<std::size_t> places_;   // where in the tree a node of the shape is
};

/// How far the law is from that of drawing each token from p, in total variation: texts of
/// `length` tokens, the rest of each drawn from p.
inline double distance(const TreeLaw& law, const RandomTable& p, std::size_t length) {
  std::map<Tokens, double> difference;
  const auto spread = [&](const auto& self, const Tokens& text, double weight) -> void {
    if (text.size() == length) {
      difference[text] += weight;
      return;
    }
    const lk::Probabilities next = p(text);
    for (const lk::Token token : next.tokens()) {
      Tokens longer = text;
      longer.push_back(token);
      self(self, longer, weight * next[token]);
    }
  };
  for (const auto& [text, weight] : law.texts) spread(spread, text, weight);
  spread(spread, {}, -1);
  double sum = 0;
  for (const auto& [text, weight] : difference) sum += std::fabs(weight) / 2;
  return sum;
}

/// Requires that trees of every shape, drawn in every way, are verified without loss, and returns
/// how many tokens are accepted of each way and shape. Rule is made of a Siblings.
template <class Rule>
std::vector<double> accepted_without_loss() {
  constexpr std::size_t kRoot = lk::DraftTree::kRoot;
  const std::vector<std::vector<std::size_t>> shapes{
      // by the parent of each node
      {kRoot, kRoot, 0, 0, 1},     // two levels
      {kRoot, kRoot, 0, 2, 2},     // three levels, two leaves side by side
      {kRoot, 0, 1},               // a chain
      {kRoot, kRoot, kRoot, 1, 2}  // more children than some distributions have tokens
  };
  std::vector<double> accepted;
  for (const Drawn drawn : {Drawn::without_replacement, Drawn::with_replacement, Drawn::certain}) {
    const Rule rule{drawn == Drawn::with_replacement ? lk::Siblings::with_replacement
                                                     : lk::Siblings::without_replacement};
    for (const auto& shape : shapes) {
      accepted.push_back(0);
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        CAPTURE(int(drawn), shape, seed);
        const RandomTable p{3, 2 * seed}, q{3, 2 * seed + 1};
        const TreeLaw law = TreeWalk(rule, shape, drawn, p, q).run();
        REQUIRE(distance(law, p, 4) <= 1e-12);
        accepted.back() += law.accepted;
      }
    }
  }
  return accepted;
}

}  // namespace test
