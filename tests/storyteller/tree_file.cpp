// SPDX-License-Identifier: MIT
// TreeFile: what a search did, drawn, whatever its tokens are made of.
#include "tree_file.hpp"

#include "beam_tree.hpp"
#include "files.hpp"
#include "support/catch.hpp"
#include "tokenizer.hpp"

#include <logitkit/logitkit.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace lk = logitkit;
using Catch::Matchers::ContainsSubstring;
using lk::Token;
using storyteller::BeamTree;
using storyteller::Tokenizer;
using storyteller::TreeFile;
using Tokens = std::vector<Token>;

namespace {

const Tokens kPrompt{Tokenizer::kBegin, 3};

Tokenizer tokenizer() {
  const std::vector<files::Entry> entries{{0, "<unk>"},
                                          {0, "<s>"},
                                          {0, "</s>"},
                                          {-1, " a<b"},
                                          {-2, "&lt;"},
                                          {-3, "\""},
                                          {-4, "\n"},
                                          {-5, "\\N"},
                                          {-6, " cat"},
                                          {-7, "\xC3"},
                                          {-8, "a long long token"}};
  return Tokenizer(files::tokenizer(17, entries), "t.bin", entries.size());
}

/// As much of a session as a tree looks at.
struct Script {
  std::vector<lk::Generation> ended{};
  bool over = false;

  [[nodiscard]] static double sum(std::size_t r) { return -1.5 - double(r); }
  [[nodiscard]] std::span<const lk::Generation> finished() const { return ended; }
  [[nodiscard]] bool done() const { return over; }
};

/// Two beams; the first dies, the second ends, and another one is live when that is so.
BeamTree small() {
  BeamTree tree;
  const Tokens first{8, 4}, second{5, 6};
  const std::vector<std::size_t> root{0, 0}, both{1, 1};
  tree.record(Script{}, {first, root});
  tree.record(Script{}, {second, both});
  const lk::Generation best{
      .tokens = {4, 5, 2}, .score = -2.25, .reason = lk::StopReason::end_token};
  tree.record(Script{{best}, true}, {});
  tree.finish({&best, 1});
  return tree;
}

/// A tree in which every beam has one of these tokens.
BeamTree chain(const Tokens& tokens) {
  BeamTree tree;
  const std::vector<std::size_t> root{0};
  for (const Token& token : tokens) tree.record(Script{}, {{&token, 1}, root});
  return tree;
}

}  // namespace

TEST_CASE("a graph has a node for each token, and the best text in green") {
  const BeamTree tree = small();
  CHECK(TreeFile(tree, tokenizer(), kPrompt).dot() == R"(digraph beams {
  rankdir=LR
  ordering=out
  labelloc=t
  label="Beam search. Steps: 3; tokens: 5; texts pruned (×): 1, finished: 1, live at the end (...): 1\nUnder each token: the log-probability of the text up to it; where a text finished: its score, its place, and why it finished."
  node [shape=plain]
  n0 [label="a<b\n0.00", color="#3c8527", fontcolor="#3c8527"]
  n1 [label="\" cat\" ×\n-1.50"]
  n0 -> n1
  n2 [label="\"&amp;lt;\"\n-2.50", color="#3c8527", fontcolor="#3c8527"]
  n0 -> n2 [color="#3c8527", penwidth=2]
  n3 [label="\"\"\"\n-1.50", color="#3c8527", fontcolor="#3c8527"]
  n2 -> n3 [color="#3c8527", penwidth=2]
  n4 [label="(newline) ...\n-2.50"]
  n2 -> n4
  n5 [label="(end)\nscore -2.25\n1. end_token", shape=box, color="#3c8527", fontcolor="#3c8527"]
  n3 -> n5 [color="#3c8527", penwidth=2]
}
)");
}

TEST_CASE("a picture has each token with its sum, edges, and the text so far") {
  const std::string svg = TreeFile(small(), tokenizer(), kPrompt).svg();
  for (const char* element :
       {R"(>Beam search. Steps: 3; tokens: 5; texts pruned (×): 1, finished: 1, live at)",
        R"(<text x="20" y="69" textLength="24" fill="#7fb86a">a&lt;b</text>)",
        R"(<text x="20" y="87" textLength="32" fill="#7fb86a">0.00</text>)",
        R"(<path d="M 48,65 H 56 C 64,65 64,65 72,65 " fill="none" stroke="#858c98")",
        R"(<text x="76" y="69" textLength="64"><title> cat</title>" cat" ×</text>)",
        R"(<path d="M 48,65 H 56 C 64,65 64,119 72,119 " fill="none" stroke="#7fb86a")",
        R"(<text x="164" y="195" textLength="104"><title>&amp;lt;
</title>(newline) ...</text>)",
        R"(<path d="M 192,119 H 272 C 280,119 280,119 288,119 " fill="none" stroke="#7fb86a")",
        R"(<text x="292" y="141" textLength="88" fill="#7fb86a">score -2.25</text>)",
        R"(<text x="292" y="159" textLength="96" fill="#5cb8c4">1. end_token</text>)"})
    CHECK_THAT(svg, ContainsSubstring(element));
}

TEST_CASE("tokens of any bytes are escaped") {
  const BeamTree tree = chain({3, 4, 5, 6, 7, 8, 9, 10});
  const Tokenizer names = tokenizer();
  const std::string dot = TreeFile(tree, names, kPrompt).dot();
  const std::string svg = TreeFile(tree, names, kPrompt).svg();
  for (const char* label :
       {R"(n1 [label="\" a<b\"\n-1.50"])", R"(n2 [label="\"&amp;lt;\"\n-1.50"])",
        R"(n3 [label="\"\"\"\n-1.50"])", R"(n4 [label="(newline)\n-1.50"])",
        R"(n5 [label="\"\\N\"\n-1.50"])", R"(n6 [label="\" cat\"\n-1.50"])",
        R"(n7 [label="\"?\"\n-1.50"])", R"(n8 [label="\"...g token\" ...\n-1.50"])"})
    CHECK_THAT(dot, ContainsSubstring(label));
  for (const char* text :
       {R"(>" a&lt;b"</text>)", R"(>"&amp;lt;"</text>)", R"(>"""</text>)", R"(>(newline)</text>)",
        R"(>"\N"</text>)", R"(>" cat"</text>)", R"(>"?"</text>)", R"(>"...g token" ...</text>)"})
    CHECK_THAT(svg, ContainsSubstring(text));
}

TEST_CASE("a search that was cut says so") {
  BeamTree tree(2);
  const Tokens token{8};
  const std::vector<std::size_t> root{0};
  for (int i = 0; i < 3; ++i) tree.record(Script{}, {token, root});
  const Tokenizer names = tokenizer();
  CHECK_THAT(TreeFile(tree, names, kPrompt).svg(),
             ContainsSubstring(">Beam search. Steps: the first 1 of 3; tokens: 1; "));
  CHECK_THAT(TreeFile(tree, names, kPrompt).dot(), ContainsSubstring("the first 1 of 3"));
}

TEST_CASE("the end of the name says what is written") {
  const BeamTree tree = small();
  const Tokenizer names = tokenizer();
  const TreeFile file(tree, names, kPrompt);
  CHECK(file.text("a.dot") == file.dot());
  CHECK(file.text("a.b/c.svg") == file.svg());
  CHECK(file.text("a.html") == file.html());
  CHECK(TreeFile::knows("a.dot"));
  CHECK(TreeFile::knows("a.svg"));
  CHECK(TreeFile::knows("a.html"));
  CHECK_FALSE(TreeFile::knows(""));
  CHECK_FALSE(TreeFile::knows("svg"));
  CHECK_FALSE(TreeFile::knows("a.SVG"));
  CHECK_FALSE(TreeFile::knows("a.svg.png"));

  const std::string html = file.html();
  CHECK(html.starts_with("<!DOCTYPE html>\n"));
  CHECK(html.ends_with("</svg>\n</body>\n</html>\n"));
  CHECK_THAT(html, ContainsSubstring(file.svg()));
}
