// SPDX-License-Identifier: MIT
// TreeFile: a beam search's tree as a picture (SVG), a page (HTML) or a graph for Graphviz (DOT).
#pragma once

#include "beam_tree.hpp"
#include "picture.hpp"
#include "story.hpp"
#include "terminal.hpp"
#include "tokenizer.hpp"

#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace storyteller {

class TreeFile {
 public:
  TreeFile(const BeamTree& tree, const Tokenizer& tokenizer, std::span<const Token> prompt)
      : tree_(tree), tokenizer_(tokenizer), prompt_(prompt) {}

  /// Whether the end of a file's name says what to write.
  [[nodiscard]] static bool knows(std::string_view path) {
    return path.ends_with(".dot") || path.ends_with(".svg") || path.ends_with(".html");
  }

  /// What a file of this name is to hold.
  [[nodiscard]] std::string text(std::string_view path) const {
    return path.ends_with(".dot") ? dot() : path.ends_with(".svg") ? svg() : html();
  }

  [[nodiscard]] std::string dot() const {
    std::string text = "digraph beams {\n  rankdir=LR\n  ordering=out\n  labelloc=t\n  label=" +
                       quoted({heading(), legend()}) + "\n  node [shape=plain]\n";
    for (std::size_t n = 0; n < nodes().size(); ++n) {
      const Node& node = nodes()[n];
      const std::string name = "n" + std::to_string(n);
      text += "  " + name + " [label=" + quoted(label(node));
      if (tree_.fate(node) == Fate::finished) text += ", shape=box";
      if (node.winning) text += ", color=\"#3c8527\", fontcolor=\"#3c8527\"";
      text += "]\n";
      if (n == 0) continue;
      text += "  n" + std::to_string(node.parent) + " -> " + name;
      text += node.winning ? " [color=\"#3c8527\", penwidth=2]\n" : "\n";
    }
    return text + "}\n";
  }

  [[nodiscard]] std::string html() const {
    return "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
           "<title>Beam search</title>\n<body style=\"margin:0; background:#1b1e24\">\n" +
           svg() + "</body>\n</html>\n";
  }

  [[nodiscard]] std::string svg() const {
    const std::vector<std::size_t> rows = tree_.rows();
    std::vector<std::vector<std::string>> labels;
    std::vector<std::size_t> widths, heights;  // of the columns and the rows of the tree
    const auto stretch = [](std::vector<std::size_t>& sizes, std::size_t at, std::size_t size) {
      if (sizes.size() <= at) sizes.resize(at + 1);
      sizes[at] = std::max(sizes[at], size);
    };
    for (std::size_t n = 0; n < nodes().size(); ++n) {
      labels.push_back(label(nodes()[n]));
      for (const std::string& line : labels[n]) stretch(widths, nodes()[n].depth, width(line));
      stretch(heights, rows[n], labels[n].size());
    }
    const std::vector<std::size_t> columns = places(widths, 0, kGap);
    const std::vector<std::size_t> lines = places(heights, 2, 1);

    Picture picture;
    picture.write(0, 0, "1", heading());
    for (const bool winning : {false, true}) {  // whose edges are on top
      for (std::size_t n = 0; n < nodes().size(); ++n) {
        const Node& node = nodes()[n];
        if (node.winning != winning) continue;
        const char* mark = winning ? "32" : "2";
        const std::size_t column = columns[node.depth], line = lines[rows[n]];
        if (n > 0) {
          const std::size_t left = node.depth - 1;
          picture.connect(columns[left] + width(labels[node.parent][0]), lines[rows[node.parent]],
                          columns[left] + widths[left], column, line, mark);
        }
        picture.write(column, line, winning ? "32" : "", labels[n][0], text_to(n));
        for (std::size_t i = 1; i < labels[n].size(); ++i)
          picture.write(column, line + i, i == 1 ? mark : "36", labels[n][i]);
      }
    }
    std::size_t line = lines.back();
    std::string words = paragraph(legend(), "", std::max<std::size_t>(columns.back(), 96));
    for (; !words.empty(); words.erase(0, words.find('\n') + 1))
      picture.write(0, line++, "2", std::string_view(words).substr(0, words.find('\n')));
    return picture.svg();
  }

 private:
  using Node = BeamTree::Node;
  using Fate = BeamTree::Fate;
  static constexpr std::size_t kGap = 3;  // columns between two tokens, for an edge

  [[nodiscard]] std::span<const Node> nodes() const { return tree_.nodes(); }

  /// The lines of a node: its token, its sum or score, and how it finished.
  [[nodiscard]] std::vector<std::string> label(const Node& node) const {
    const Fate fate = tree_.fate(node);
    const std::string token = node.depth == 0 ? tail(shown(tokenizer_.decode(prompt_)), 24)
                                              : named(tokenizer_, node.token);
    const std::string end = fate == Fate::pruned ? " ×" : fate == Fate::left ? " ..." : "";
    if (fate != Fate::finished) return {token + end, fixed(node.sum)};
    const std::string place = node.place == 0 ? "" : std::to_string(node.place) + ". ";
    return {token, "score " + fixed(node.score), place + to_string(node.reason)};
  }

  [[nodiscard]] std::string heading() const {
    const auto count = [&](Fate fate) { return std::to_string(tree_.count(fate)); };
    const bool cut = tree_.recorded() < tree_.steps();
    return "Beam search. Steps: " +
           (cut ? "the first " + std::to_string(tree_.recorded()) + " of " : std::string()) +
           std::to_string(tree_.steps()) + "; tokens: " + std::to_string(nodes().size() - 1) +
           "; texts pruned (×): " + count(Fate::pruned) + ", finished: " + count(Fate::finished) +
           ", live at the end (...): " + count(Fate::left);
  }

  [[nodiscard]] static std::string legend() {
    return "Under each token: the log-probability of the text up to it; where a text finished: its "
           "score, its place, and why it finished.";
  }

  [[nodiscard]] std::string text_to(std::size_t n) const {
    std::vector<Token> tokens;
    for (; n != 0; n = nodes()[n].parent) tokens.insert(tokens.begin(), nodes()[n].token);
    return shown(tokenizer_.decode(tokens, prompt_.back()));
  }

  /// Where things of these sizes begin, one after the other, and where the last one ends.
  [[nodiscard]] static std::vector<std::size_t> places(const std::vector<std::size_t>& sizes,
                                                       std::size_t begin, std::size_t gap) {
    std::vector<std::size_t> result{begin};
    for (const std::size_t size : sizes) result.push_back(result.back() + size + gap);
    return result;
  }

  /// Lines as a string of Graphviz, which knows the entities of HTML, too.
  [[nodiscard]] static std::string quoted(const std::vector<std::string>& lines) {
    std::string result;
    for (const std::string& line : lines) {
      if (!result.empty()) result += "\\n";
      for (const char c : line)
        result += c == '"' ? "\\\"" : c == '\\' ? "\\\\" : c == '&' ? "&amp;" : std::string(1, c);
    }
    return '"' + result + '"';
  }

  const BeamTree& tree_;
  const Tokenizer& tokenizer_;
  std::span<const Token> prompt_;
};

}  // namespace storyteller
