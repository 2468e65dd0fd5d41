// SPDX-License-Identifier: MIT
// BeamTree: every beam of a search is in its tree, with its sum and its fate, and can be drawn.
#include "beam_tree.hpp"

#include "story.hpp"
#include "support/catch.hpp"

#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace lk = logitkit;
using lk::Token;
using storyteller::BeamTree;
using Fate = BeamTree::Fate;
using Tokens = std::vector<Token>;

namespace {

/// Pseudo-random rows of 5 tokens, of which 0 ends a text; from some length on, NaN.
struct Model {
  std::uint32_t seed;
  std::size_t bad_from = std::size_t(-1);

  Eigen::VectorXd operator()(std::span<const Token> tokens) const {
    std::uint32_t state = seed;
    for (const Token token : tokens)
      state = (state ^ static_cast<std::uint32_t>(token + 1)) * 16777619u + 2166136261u;
    Eigen::VectorXd row(5);
    for (double& each : row) each = double((state = state * 1664525u + 1013904223u) >> 8) * 0x1p-22;
    if (tokens.size() >= bad_from) row[3] = std::numeric_limits<double>::quiet_NaN();
    return row;
  }
};

struct Search {
  BeamTree tree;
  std::vector<std::map<Tokens, double>> beams;  // after each step: the sum of each
  std::map<Tokens, lk::Generation> finished;    // at any time
  std::vector<lk::Generation> best_first;       // at the end

  Search(const Model& function, const lk::BeamOptions& options, std::size_t most = 2000,
         const lk::Limits& limits = {.max_new_tokens = 12, .end_tokens = {0}})
      : tree(most) {
    lk::Stateless model{function};
    const Tokens prompt{4};
    auto session = lk::BeamSearchDecoder{lk::Chain{}, options}.start(prompt, limits);
    storyteller::run_beams(session, model, prompt, [&](const lk::BeamStep& step) {
      tree.record(session, step);
      beams.emplace_back();
      for (std::size_t r = 0; r < session.live(); ++r) {
        const auto text = session.context(r).generated();
        beams.back()[Tokens(text.begin(), text.end())] = session.sum(r);
      }
      for (const auto& each : session.finished()) finished.emplace(each.tokens, each);
    });
    best_first.assign(session.finished().begin(), session.finished().end());
    tree.finish(best_first);
  }
};

std::vector<Search> several() {
  using lk::EarlyStopping;
  std::vector<Search> all;
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    for (const EarlyStopping rule :
         {EarlyStopping::heuristic, EarlyStopping::when_full, EarlyStopping::never}) {
      all.emplace_back(Model{seed}, lk::BeamOptions{.beams = 1 + seed % 5,
                                                    .length_penalty = seed % 3 - 0.5,
                                                    .early_stopping = rule});
    }
  }
  return all;
}

Tokens path(const BeamTree& tree, std::size_t node) {
  Tokens tokens;
  for (; node != 0; node = tree.nodes()[node].parent)
    tokens.insert(tokens.begin(), tree.nodes()[node].token);
  return tokens;
}

bool is_beginning(const Tokens& of, const Tokens& text) {
  return of.size() <= text.size() && std::equal(of.begin(), of.end(), text.begin());
}

}  // namespace

TEST_CASE("the nodes are the beams of all steps and the hypotheses, each once") {
  for (const Search& search : several()) {
    std::set<Tokens> texts{{}};
    for (const auto& step : search.beams)
      for (const auto& [text, sum] : step) texts.insert(text);
    for (const auto& [text, generation] : search.finished) texts.insert(text);

    REQUIRE(search.tree.nodes().size() == texts.size());
    for (std::size_t n = 0; n < search.tree.nodes().size(); ++n) {
      const BeamTree::Node& node = search.tree.nodes()[n];
      const Tokens text = path(search.tree, n);
      REQUIRE(texts.erase(text) == 1);
      REQUIRE(node.depth == text.size());
      const auto end = search.finished.find(text);
      REQUIRE((search.tree.fate(node) == Fate::finished) == (end != search.finished.end()));
      if (end != search.finished.end()) {
        CHECK(node.reason == end->second.reason);
        CHECK(node.score == end->second.score);
      } else if (n > 0) {
        CHECK(node.sum == search.beams[text.size() - 1].at(text));
      }
    }
    CHECK(search.tree.steps() == search.beams.size());
    CHECK(search.tree.recorded() == search.beams.size());
  }
}

TEST_CASE("a text is pruned if no beam continues it, unless the search was then over") {
  std::size_t pruned = 0, left = 0;
  for (const Search& search : several()) {
    for (std::size_t n = 0; n < search.tree.nodes().size(); ++n) {
      const BeamTree::Node& node = search.tree.nodes()[n];
      const Tokens text = path(search.tree, n);
      const auto continues = [&](const auto& other) {
        return other.first != text && is_beginning(text, other.first);
      };
      bool goes_on = std::any_of(search.finished.begin(), search.finished.end(), continues);
      for (const auto& step : search.beams)
        goes_on = goes_on || std::any_of(step.begin(), step.end(), continues);
      const Fate fate = search.tree.fate(node);
      CHECK((fate == Fate::went_on) == goes_on);
      pruned += fate == Fate::pruned;
      left += fate == Fate::left;
      if (fate == Fate::pruned) CHECK(node.depth + 1 < search.beams.size());
      if (fate == Fate::left) CHECK(node.depth + 1 == search.beams.size());
    }
  }
  CHECK(pruned > 100);
  CHECK(left > 10);
}

TEST_CASE("the hypotheses have their places, and the best one is marked all along") {
  std::size_t outdone = 0;
  for (const Search& search : several()) {
    REQUIRE(!search.best_first.empty());
    for (std::size_t n = 0; n < search.tree.nodes().size(); ++n) {
      const BeamTree::Node& node = search.tree.nodes()[n];
      const Tokens text = path(search.tree, n);
      CHECK(node.winning == is_beginning(text, search.best_first[0].tokens));
      if (node.place > 0) CHECK(search.best_first[node.place - 1].tokens == text);
      outdone += search.tree.fate(node) == Fate::finished && node.place == 0;
    }
    CHECK(std::count_if(search.tree.nodes().begin(), search.tree.nodes().end(), [](auto& node) {
            return node.place > 0;
          }) == static_cast<std::ptrdiff_t>(search.best_first.size()));
  }
  CHECK(outdone > 10);
}

TEST_CASE("beams that a bad row ended are finished where they are") {
  const Search search(Model{1, 4}, {.beams = 3});
  CHECK(search.tree.steps() == 4);
  for (const auto& [text, sum] : search.beams[2]) CHECK(search.finished.count(text) == 1);
  CHECK(search.tree.count(Fate::left) == 0);
  std::size_t bad = 0;
  for (const auto& node : search.tree.nodes()) bad += node.reason == lk::StopReason::bad_row;
  CHECK(bad == 3);

  const Search nothing(Model{1, 1}, {.beams = 3});
  CHECK(nothing.tree.nodes().size() == 1);
  CHECK(nothing.tree.nodes()[0].reason == lk::StopReason::bad_row);
  CHECK(nothing.tree.nodes()[0].place == 1);
}

TEST_CASE("in a drawing no two nodes share a place and no two edges cross") {
  for (const Search& search : several()) {
    const auto nodes = search.tree.nodes();
    const std::vector<std::size_t> rows = search.tree.rows();
    std::set<std::pair<std::size_t, std::size_t>> taken;
    for (std::size_t n = 0; n < nodes.size(); ++n) {
      CHECK(taken.emplace(nodes[n].depth, rows[n]).second);
      if (!nodes[n].children.empty()) CHECK(rows[nodes[n].children[0]] == rows[n]);
      for (std::size_t m = 1; m < nodes.size() && n > 0; ++m) {
        if (nodes[m].depth != nodes[n].depth) continue;
        if (rows[nodes[m].parent] < rows[nodes[n].parent]) CHECK(rows[m] < rows[n]);
      }
    }
    CHECK(rows == Search(search).tree.rows());
  }
}

TEST_CASE("a branch is drawn as near as there is room") {
  struct Script {  // as much of a session as is looked at
    [[nodiscard]] static double sum(std::size_t r) { return -double(r); }
    [[nodiscard]] static std::span<const lk::Generation> finished() { return {}; }
    [[nodiscard]] static bool done() { return false; }
  };
  BeamTree tree;
  const auto step = [&](const Tokens& tokens, const std::vector<std::size_t>& parents) {
    tree.record(Script{}, {tokens, parents});
  };
  step({1, 2}, {0, 0});
  step({1, 2}, {0, 0});  // the second one dies: what comes of the first may pass below it
  CHECK(tree.rows() == std::vector<std::size_t>{0, 0, 1, 0, 1});
  step({1, 2, 3}, {1, 0, 0});  // 5 is below 6 and 7, where it has to give way; so is its parent
  CHECK(tree.rows() == std::vector<std::size_t>{0, 0, 1, 0, 2, 2, 0, 1});
}

TEST_CASE("a long search is cut after a whole step") {
  const lk::BeamOptions options{.beams = 4};
  const Search whole(Model{3}, options), cut(Model{3}, options, 20);
  REQUIRE(whole.tree.nodes().size() > 20);
  CHECK(cut.tree.nodes().size() <= 20);
  CHECK(cut.tree.steps() == whole.tree.steps());
  CHECK(cut.tree.recorded() < cut.tree.steps());
  CHECK(cut.tree.recorded() >= 3);
  std::size_t last = 0;
  for (const auto& node : cut.tree.nodes()) {
    last = std::max(last, node.depth);
    if (cut.tree.fate(node) == Fate::left) CHECK(node.depth == cut.tree.recorded());
  }
  CHECK(last == cut.tree.recorded());
  CHECK(cut.tree.count(Fate::left) == cut.beams[last - 1].size());
  CHECK(cut.tree.rows().size() == cut.tree.nodes().size());

  const Search none(Model{3}, options, 1);
  CHECK(none.tree.recorded() == 0);
  CHECK(none.tree.nodes().size() == 1);
}
