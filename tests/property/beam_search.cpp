// SPDX-License-Identifier: MIT
// Whole beam searches against a twin that sorts everything: rules, ties, bans, ends of every kind.
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/model/stateless.hpp>

#include "reference/beam_search.hpp"
#include "support/catch.hpp"
#include "support/rows.hpp"

#include <cmath>
#include <map>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

constexpr double kBanned = -std::numeric_limits<double>::infinity();

/// Rows that depend on all tokens: spread, full of ties, or full of bans.
struct Model {
  std::uint64_t seed;
  std::size_t vocabulary;
  std::size_t kind;

  std::vector<double> operator()(std::span<const lk::Token> tokens) const {
    std::uint64_t hash = seed;
    for (const lk::Token token : tokens) hash = (hash ^ std::uint64_t(token + 1)) * 0x100000001b3u;
    test::Random random(hash ^ hash >> 29);
    std::vector<double> row(vocabulary);
    for (double& score : row) {
      const double u = random.uniform();
      score = kind == 0 ? 4 * u : kind == 1 ? std::floor(3 * u) : u < 0.3 ? kBanned : 6 * u;
    }
    if (kind == 2) row[random.below(vocabulary)] = 1;
    return row;
  }
};

std::vector<double> log_probabilities(const Model& model, const Tokens& tokens) {
  const auto row = model(tokens);
  lk::Workspace workspace;
  lk::Candidates candidates(row, workspace);
  candidates.normalise();
  std::vector<double> result;
  for (std::size_t v = 0; v < row.size(); ++v) result.push_back(candidates.score(lk::Token(v)));
  return result;
}

}  // namespace

TEST_CASE("a whole search is that of the twin, by every rule and with every kind of end") {
  test::Random random(5);
  std::map<lk::StopReason, int> ends;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    const Model model{seed, 2 + random.below(8), random.below(3)};
    const auto token = [&] { return lk::Token(random.below(model.vocabulary)); };
    const double penalties[] = {0, 1, 0.5, 2, -1};
    lk::BeamOptions options{.beams = 1 + random.below(5),
                            .length_penalty = penalties[random.below(5)],
                            .early_stopping = static_cast<lk::EarlyStopping>(random.below(3))};
    lk::Limits limits{.max_new_tokens = 1 + random.below(7)};
    for (std::size_t n = random.below(4); n > 0; --n) limits.end_tokens.push_back(token());
    if (random.below(3) == 0) limits.max_tokens = 3 + random.below(6);
    if (random.below(3) == 0) limits.stop_sequences.push_back({token(), token()});
    if (random.below(4) == 0) limits.stop_sequences.push_back({token()});
    const Tokens prompt(1 + random.below(2), 0);

    const auto expected = reference::beam_search(
        [&](const Tokens& tokens) { return log_probabilities(model, tokens); }, prompt, limits,
        options);
    lk::Stateless rows{model};
    auto session = lk::BeamSearchDecoder{lk::Chain{}, options}.start(prompt, limits);
    lk::Workspace workspace;
    auto step = session.step(rows.prefill(prompt), workspace);
    int steps = 1;
    for (; !session.done(); ++steps) {
      if (!step.identity) rows.reorder(step.parents);
      step = session.step(rows.step(step.tokens), workspace);
    }
    INFO("seed " << seed);
    const auto finished = session.finished();
    REQUIRE(finished.size() == expected.finished.size());
    CHECK(steps == expected.steps);
    for (std::size_t i = 0; i < finished.size(); ++i) {
      CHECK(finished[i].tokens == expected.finished[i].tokens);
      CHECK(finished[i].score == Catch::Approx(expected.finished[i].score).epsilon(1e-12));
      CHECK(finished[i].reason == expected.finished[i].reason);
      ++ends[finished[i].reason];
    }
  }
  CHECK(ends.size() >= 4);
  for (const auto& [reason, count] : ends) CHECK(count > 20);
}

TEST_CASE("one-token stop sequences leave as many beams alive as end tokens do") {
  const auto model = [](std::span<const lk::Token> tokens) {
    if (tokens.size() > 1) return std::vector<float>{50, 0, 0};
    return std::vector<float>{std::log(0.35f), std::log(0.33f), std::log(0.32f)};
  };
  const lk::BeamSearchDecoder one{lk::Chain{},
                                  {.beams = 1, .early_stopping = lk::EarlyStopping::never}};
  const Tokens prompt{2};
  const auto ends = one.decode(model, prompt, {.max_new_tokens = 8, .end_tokens = {0, 1}});
  const auto stops = one.decode(model, prompt, {.max_new_tokens = 8, .stop_sequences = {{0}, {1}}});
  CHECK(ends[0].tokens == Tokens{2, 0});
  CHECK(stops[0].tokens == ends[0].tokens);
}

TEST_CASE("where a stop sequence ends one child of a beam, another goes on whole") {
  const auto model = [](std::span<const lk::Token> tokens) {
    if (tokens.size() == 1) return std::vector<float>{0, -9, -9, -9};
    if (tokens.size() == 2) return std::vector<float>{-9, 0, -0.1f, -9};
    return std::vector<float>{-9, -9, -9, 0};
  };
  const lk::BeamSearchDecoder two{lk::Chain{}, {.beams = 2, .n_best = 2}};
  const auto results = two.decode(
      model, Tokens{3}, {.max_new_tokens = 4, .end_tokens = {3}, .stop_sequences = {{0, 1}}});
  REQUIRE(results.size() == 2);
  const std::set<Tokens> texts{results[0].tokens, results[1].tokens};
  CHECK(texts == std::set<Tokens>{{0, 1}, {0, 2, 3}});
}
