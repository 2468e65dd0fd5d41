// SPDX-License-Identifier: MIT
// Whole beam searches against a twin that sorts everything, and every variant that is told to vary
// nothing against its parent: rules, ties, bans, ends of every kind.
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/diverse_beams.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/required_phrases.hpp>
#include <logitkit/decode/sampled_beams.hpp>
#include <logitkit/model/stateless.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/softmax.hpp>

#include "reference/beam_search.hpp"
#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"
#include "support/rows.hpp"

#include <cmath>
#include <map>
#include <set>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;
using lk::EarlyStopping;

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

struct Setup {
  Model model;
  lk::BeamOptions options{};
  lk::Limits limits{};
  Tokens prompt{};
};

/// A small search with ends of every kind, by today's rules of Hugging Face.
Setup draw(test::Random& random) {
  Setup setup{.model = {random.bits(), 2 + random.below(8), random.below(3)}};
  const auto token = [&] { return lk::Token(random.below(setup.model.vocabulary)); };
  const double penalties[] = {0, 1, 0.5, 2, -1};
  setup.options = {.beams = 1 + random.below(5),
                   .length_penalty = penalties[random.below(5)],
                   .early_stopping = static_cast<EarlyStopping>(random.below(3))};
  lk::Limits& limits = setup.limits;
  limits.max_new_tokens = 1 + random.below(7);
  for (std::size_t n = random.below(4); n > 0; --n) limits.end_tokens.push_back(token());
  if (random.below(3) == 0) limits.max_tokens = 3 + random.below(6);
  if (random.below(3) == 0) limits.stop_sequences.push_back({token(), token()});
  if (random.below(4) == 0) limits.stop_sequences.push_back({token()});
  setup.prompt.assign(1 + random.below(2), 0);
  return setup;
}

/// The same with rules of every kind.
Setup draw_any(test::Random& random) {
  Setup setup = draw(random);
  lk::BeamOptions& options = setup.options;
  const double patience[] = {0.5, 1, 1.5, 3}, rewards[] = {0, 0.4, -0.2};
  options.patience = patience[random.below(4)];
  options.word_reward = rewards[random.below(3)];
  options.legacy = random.below(2) == 0;
  if (!options.legacy && random.below(3) == 0) options.early_stopping = EarlyStopping::canonical;
  options.n_best = random.below(options.wanted() + 1);
  options.report = {.model = true, .alternatives = 2, .rank = true};
  return setup;
}

/// What a variant finds, with a chain that leaves no distribution; adds up the calls of the model.
template <class P>
std::vector<lk::Generation> search(const Setup& setup, P variant, int& calls) {
  const lk::BeamSearchDecoder beams{lk::Chain{lk::FrequencyPenalty{0.3}}, setup.options, variant};
  return beams.decode(test::Counting<Model>{setup.model, calls}, setup.prompt, setup.limits);
}

}  // namespace

TEST_CASE("a whole search is that of the twin, by every rule and with every kind of end") {
  test::Random random(5);
  std::map<lk::StopReason, int> ends;
  for (int round = 0; round < 400; ++round) {
    const Setup setup = draw(random);
    const Model& model = setup.model;
    const auto expected = reference::beam_search(
        [&](const Tokens& tokens) { return log_probabilities(model, tokens); }, setup.prompt,
        setup.limits, setup.options);
    lk::Stateless rows{model};
    auto session =
        lk::BeamSearchDecoder{lk::Chain{}, setup.options}.start(setup.prompt, setup.limits);
    lk::Workspace workspace;
    auto step = session.step(rows.prefill(setup.prompt), workspace);
    int steps = 1;
    for (; !session.done(); ++steps) {
      if (!step.identity) rows.reorder(step.parents);
      step = session.step(rows.step(step.tokens), workspace);
    }
    INFO("round " << round);
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

TEST_CASE("one group, no demand: plain beam search, bit for bit, and as many calls") {
  test::Random random(6);
  std::map<lk::StopReason, int> ends;
  for (int round = 0; round < 400; ++round) {
    INFO("round " << round);
    const Setup setup = draw_any(random);
    int calls = 0;
    const auto plain = search(setup, lk::PlainBeams{}, calls);
    const auto check = [&](const auto& variant) {
      int its_calls = 0;
      test::check_equal(search(setup, variant, its_calls), plain);
      CHECK(its_calls == calls);
    };
    check(lk::DiverseBeams{{.groups = 1}});
    check(lk::RequiredPhrases{{}});
    for (const auto& each : plain) ++ends[each.reason];
  }
  CHECK(ends.size() >= 4);
  for (const auto& [reason, count] : ends) CHECK(count > 20);
}

TEST_CASE("groups without a penalty are plain beam searches of their size, side by side") {
  test::Random random(7);
  for (int round = 0; round < 200; ++round) {
    INFO("round " << round);
    Setup setup = draw_any(random);
    lk::BeamOptions& options = setup.options;
    options.patience = 1;
    const std::size_t n = 1 + random.below(3 * options.beams);
    options.n_best = std::min(n, options.beams);
    int calls = 0, their_calls = 0;
    const auto one = search(setup, lk::PlainBeams{}, calls);
    auto expected = one;
    for (int group = 1; group < 3; ++group) expected.insert(expected.end(), one.begin(), one.end());
    std::ranges::stable_sort(expected, std::greater<>(), &lk::Generation::score);
    if (expected.size() > n) expected.resize(n);
    options.beams *= 3;
    options.n_best = n;
    const lk::DiverseBeams groups{{.groups = 3, .penalty = 0}};
    test::check_equal(search(setup, groups, their_calls), expected);
    CHECK(their_calls == 3 * calls - 2);  // the prompt is read once
  }
}

TEST_CASE("where all extensions are drawn, beam sampling by the legacy rules is beam search") {
  test::Random random(8);
  int rounds = 0;
  for (int round = 0; round < 400; ++round) {
    INFO("round " << round);
    Setup setup = draw_any(random);
    setup.options.legacy = true;
    setup.options.early_stopping = static_cast<EarlyStopping>(random.below(3));
    const std::size_t drawn = lk::detail::competitors(setup.options, setup.limits);
    if (setup.options.beams == 1 || drawn < setup.options.beams * setup.model.vocabulary) continue;
    int calls = 0, its_calls = 0;
    const auto plain = search(setup, lk::PlainBeams{}, calls);
    test::check_equal(search(setup, lk::SampledBeams{{.seed = random.bits()}}, its_calls), plain);
    CHECK(its_calls == calls);
    ++rounds;
  }
  CHECK(rounds > 50);
}

TEST_CASE("one beam is greedy search, by every rule and with every kind of end, bit for bit") {
  test::Random random(9);
  std::map<lk::StopReason, int> ends;
  int others = 0;  // which two beams do not find
  for (int round = 0; round < 400; ++round) {
    INFO("round " << round);
    Setup setup = draw_any(random);
    lk::BeamOptions& options = setup.options;
    options.n_best = 0;
    const std::size_t spoilt = random.below(20);  // the length at which a row is no row
    const auto model = [&](std::span<const lk::Token> tokens) {
      std::vector<double> row = setup.model(tokens);
      if (tokens.size() == spoilt) row.back() = std::nan("");
      return row;
    };
    const auto check = [&](const auto& chain, const auto& greedy_chain) {
      options.beams = 1;
      int calls = 0, its_calls = 0;
      auto greedy = lk::GreedyDecoder{greedy_chain, {.report = options.report}}.decode(
          test::Counting<decltype(model)>{model, calls}, setup.prompt, setup.limits);
      const auto one = lk::BeamSearchDecoder{chain, options}.decode(
          test::Counting<decltype(model)>{model, its_calls}, setup.prompt, setup.limits);
      greedy.score = one.at(0).score;  // which is of what the chain leaves, and of its length
      test::check_equal(one, {greedy});
      CHECK(its_calls == calls);
      ++ends[greedy.reason];
      options.beams = 2;
      others += lk::BeamSearchDecoder{chain, options}
                    .decode(model, setup.prompt, setup.limits)
                    .at(0)
                    .tokens != greedy.tokens;
    };
    check(lk::Chain{}, lk::Chain{});
    // A beam's chain sees log-probabilities, which is why greedy search's begins with Softmax.
    const lk::RepetitionPenalty repetition{1.3};
    const lk::FrequencyPenalty frequency{0.3};
    const lk::MinNewTokens at_least{int(random.below(4)), setup.limits.end_tokens};
    check(lk::Chain{repetition, frequency, at_least},
          lk::Chain{lk::Softmax{}, repetition, frequency, at_least});
  }
  CHECK(others > 80);
  CHECK(ends.size() == 5);
  for (const auto& [reason, count] : ends) CHECK(count > 10);
}

TEST_CASE("one-token stop sequences leave as many beams alive as end tokens do") {
  const auto model = [](std::span<const lk::Token> tokens) {
    if (tokens.size() > 1) return std::vector<float>{-50, -50, -50, -50, -50, 0};
    return std::vector<float>{1.3f, 1.2f, 1.1f, 1, 0.9f, 0.8f};
  };
  const lk::BeamSearchDecoder two{lk::Chain{},
                                  {.beams = 2, .early_stopping = EarlyStopping::never}};
  const Tokens prompt{5};
  const auto ends = two.decode(model, prompt, {.max_new_tokens = 8, .end_tokens = {0, 1, 2}});
  const auto stops =
      two.decode(model, prompt, {.max_new_tokens = 8, .stop_sequences = {{0}, {1}, {2}}});
  REQUIRE(ends.size() == 2);
  CHECK(ends[0].tokens == Tokens{3, 5, 5, 5, 5, 5, 5, 5});
  for (std::size_t i = 0; i < 2; ++i) CHECK(stops[i].tokens == ends[i].tokens);
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
