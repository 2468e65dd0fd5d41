// SPDX-License-Identifier: MIT
// The tree of a beam search: paths are rewritten only where they part, reports follow their path.
#include <logitkit/decode/detail/beam_history.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

namespace lk = logitkit;
using lk::detail::BeamHistory;
using Tokens = std::vector<lk::Token>;

namespace {

constexpr lk::Token kPrompt = -7;  // two of them stand before every path

struct Path {
  Tokens tokens;
  std::vector<BeamHistory::Node> nodes;
};

/// A few hundred nodes, each hung below any earlier one.
std::vector<Path> grow(BeamHistory& history, test::Random& random, std::size_t size) {
  std::vector<Path> paths{{{kPrompt, kPrompt}, {BeamHistory::kRoot}}};
  while (paths.size() < size) {
    Path path = paths[random.below(paths.size())];
    const auto token = static_cast<lk::Token>(random.below(3));
    path.nodes.push_back(history.add(path.nodes.back(), {0, 0, token, 0}));
    path.tokens.push_back(token);
    paths.push_back(path);
  }
  return paths;
}

}  // namespace

TEST_CASE("a path turns into any other, and only what comes after the fork is written") {
  BeamHistory history{lk::Report{}};
  test::Random random(1);
  const std::vector<Path> paths = grow(history, random, 300);
  for (int i = 0; i < 5000; ++i) {
    const Path& from = paths[random.below(paths.size())];
    const Path& to = paths[random.below(paths.size())];
    const auto parting =
        std::mismatch(from.nodes.begin(), from.nodes.end(), to.nodes.begin(), to.nodes.end());
    const auto common = static_cast<std::size_t>(parting.first - from.nodes.begin()) - 1;
    Tokens tokens = from.tokens;
    for (std::size_t k = 0; k < 2 + common; ++k) tokens[k] = 99;  // who touches it is found out
    history.redirect(tokens, from.nodes.back(), to.nodes.back(), to.tokens.size());
    Tokens expected = to.tokens;
    for (std::size_t k = 0; k < 2 + common; ++k) expected[k] = 99;
    REQUIRE(tokens == expected);
  }
}

TEST_CASE("log-probabilities, ranks and alternatives are those of the path") {
  BeamHistory history{lk::Report{.model = true, .alternatives = 2, .rank = true}};
  const auto rows = [&](std::initializer_list<BeamHistory::Node> nodes) {
    for (const auto node : nodes) {
      auto& list = history.alternatives_after(node);
      for (lk::Token n = 0; n < 2; ++n) list.push_back({lk::Token(10 * node) + n, -double(node)});
    }
  };
  rows({0});
  const auto a = history.add(BeamHistory::kRoot, {0, 0, 5, 0, 0, -0.5, 1});
  const auto b = history.add(BeamHistory::kRoot, {0, 0, 6, 0, 0, -0.6, 2});
  rows({a, b, a, b});  // a step that was broken off begins anew
  const auto c = history.add(b, {0, 0, 7, 1, 0, -0.7, 9});

  lk::Generation live, ended;
  live.tokens = {6, 7};
  history.report(c, 2, {}, live);
  ended.tokens = {6, 8};
  history.report(b, 1, {0, 0, 8, 1, 0, -0.8, 4}, ended);
  CHECK(live.model_log_probabilities == std::vector{-0.6, -0.7});
  CHECK(ended.model_log_probabilities == std::vector{-0.6, -0.8});
  CHECK(live.ranks == std::vector<std::size_t>{2, 9});
  CHECK(ended.ranks == std::vector<std::size_t>{2, 4});
  for (const auto* each : {&live, &ended}) {
    Tokens tokens;
    for (const lk::Alternative& one : each->alternatives) tokens.push_back(one.token);
    CHECK(tokens == Tokens{0, 1, 20, 21});
  }
}

TEST_CASE("what is not asked for is not kept") {
  BeamHistory history{lk::Report{}};
  const auto node = history.add(BeamHistory::kRoot, {0, 0, 5, 0});
  lk::Generation generation;
  generation.tokens = {5};
  history.report(node, 1, {}, generation);
  CHECK(generation.model_log_probabilities.empty());
  CHECK(generation.ranks.empty());
  CHECK(generation.alternatives.empty());
}
