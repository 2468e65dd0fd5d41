// SPDX-License-Identifier: MIT
// Stochastic beams: sequences without replacement, in the order and with the weights of their law.
#include <logitkit/decode/stochastic_beams.hpp>

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "reference/inputs.hpp"
#include "reference/scores.hpp"
#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"
#include "support/sequence_law.hpp"

#include <cmath>
#include <map>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{1};
const lk::Limits kLimits{.max_new_tokens = 2, .end_tokens = {0}};

auto search(auto&& model, std::size_t beams, const lk::StochasticOptions& options,
            const lk::Limits& limits = kLimits, const Tokens& prompt = kPrompt) {
  return lk::BeamSearchDecoder{lk::Chain{}, {.beams = beams}, lk::StochasticBeams{options}}.decode(
      model, prompt, limits);
}

/// Remembers by which keys what is finished is ordered.
struct Watched : lk::StochasticBeams {
  using lk::StochasticBeams::StochasticBeams;
  std::vector<double> keys{};

  std::size_t keep(std::span<lk::Extension> alive, std::size_t beams,
                   const lk::FinishedBeams& finished) {
    keys.assign(finished.keys().begin(), finished.keys().end());
    return lk::StochasticBeams::keep(alive, beams, finished);
  }
};

}  // namespace

TEST_CASE("k results come in the order of k draws without replacement, with unbiased weights") {
  const auto model = test::small_table();
  const auto law = test::sequence_law(model, kPrompt, kLimits);
  REQUIRE(law.size() == 6);
  constexpr std::size_t kSeeds = 5000;
  lk::Workspace workspace;
  for (const std::size_t k : {1u, 2u, 3u}) {
    std::map<std::vector<Tokens>, double> orders;
    std::map<Tokens, double> sums, squares;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const lk::BeamSearchDecoder beams{
          lk::Chain{}, {.beams = k}, lk::StochasticBeams{{.seed = seed, .stream = k}}};
      const auto results = test::find(beams, model, kPrompt, kLimits, workspace);
      REQUIRE(results.size() == k);
      std::vector<Tokens> order;
      for (const auto& each : results) {
        order.push_back(each.tokens);
        sums[each.tokens] += each.weight;
        squares[each.tokens] += each.weight * each.weight;
        if (each.inclusion > 1 || each.inclusion < 0) FAIL(each.inclusion);
      }
      ++orders[order];
    }
    std::map<std::vector<Tokens>, double> expected;
    test::without_replacement(law, k, {}, 1, expected);
    CHECK(test::chi_square_excess(orders, expected, kSeeds) < 0);
    for (const auto& [tokens, p] : law) {
      const double mean = sums[tokens] / kSeeds;
      const double deviation = std::sqrt((squares[tokens] / kSeeds - mean * mean) / kSeeds);
      CHECK(std::fabs(mean - double(p)) < 5 * deviation + 1e-12);
    }
  }
}

TEST_CASE("the threshold is the noise of the best that did not come, and inclusion goes by it") {
  const auto model = test::small_table();
  const auto law = test::sequence_law(model, kPrompt, kLimits);
  lk::Workspace workspace;
  const auto run = [&](std::size_t k, std::uint64_t seed) {
    const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = k}, Watched{{.seed = seed}}};
    auto session = beams.start(kPrompt, kLimits);
    test::step_to_end(session, model, kPrompt, workspace);
    return session;
  };
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto all = run(law.size(), seed);
    REQUIRE(all.policy().keys.size() == law.size());
    for (std::size_t k = 1; k < law.size(); ++k) {
      const auto some = run(k, seed);
      const double threshold = some.policy().threshold();
      CHECK(threshold == Catch::Approx(all.policy().keys[k]).epsilon(1e-12));
      const auto results = some.results();
      REQUIRE(results.size() == k);
      for (std::size_t i = 0; i < k; ++i) {
        CHECK(results[i].tokens == all.finished()[i].tokens);
        const long double p = law.at(results[i].tokens);
        const auto expected = double(1 - std::exp(-p * std::exp(-(long double)(threshold))));
        CHECK(results[i].inclusion == Catch::Approx(expected).epsilon(1e-12));
        CHECK(results[i].weight == Catch::Approx(double(p) / expected).epsilon(1e-12));
      }
    }
  }
}

TEST_CASE("the first result is what RandomDecoder draws; fewer beams give the first of more") {
  const lk::Limits limits{.max_new_tokens = 12, .end_tokens = {0}};
  const test::PlainRecurrent<float> model{12, 4};
  const lk::Chain chain{lk::Temperature{2.0f}, lk::TopK{7}};
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    const lk::RandomDecoder random{chain, {.seed = seed, .stream = 3}};
    const auto one = random.decode(model, kPrompt, limits);
    std::vector<lk::Generation> fewer;
    for (const std::size_t k : {1u, 2u, 5u, 9u}) {
      const auto results =
          lk::BeamSearchDecoder{chain, {.beams = k}, lk::StochasticBeams{{seed, 3}}}.decode(
              model, kPrompt, limits);
      REQUIRE(results.size() == k);
      CHECK(results[0].tokens == one.tokens);
      CHECK(results[0].reason == one.reason);
      for (std::size_t i = 0; i < fewer.size(); ++i) CHECK(results[i].tokens == fewer[i].tokens);
      fewer = results;
    }
  }
}

TEST_CASE("as many beams as sequences find all, each with its probability as its weight") {
  const auto model = test::small_table();
  const auto law = test::sequence_law(model, kPrompt, kLimits);
  for (const std::size_t k : {6u, 9u}) {
    const auto results = search(model, k, {.seed = 5});
    REQUIRE(results.size() == 6);
    for (const auto& each : results) {
      CHECK(each.inclusion == 1);
      CHECK(each.weight == Catch::Approx(double(law.at(each.tokens))).epsilon(1e-12));
    }
  }
}

TEST_CASE("weights and inclusions do not mind the length penalty, and follow from the threshold") {
  const lk::Limits limits{.max_new_tokens = 5, .end_tokens = {0}};
  const lk::StochasticBeams policy{{.seed = 11}};
  std::vector<double> weights;
  for (const lk::BeamOptions& options :
       {lk::BeamOptions{.beams = 4, .length_penalty = 0}, lk::BeamOptions{.beams = 4},
        lk::BeamOptions{
            .beams = 4, .length_penalty = lk::LengthPenalty::gnmt(0.6), .word_reward = 0.5}}) {
    auto session = lk::BeamSearchDecoder{lk::Chain{}, options, policy}.start(kPrompt, limits);
    test::CachedRecurrent<double> cached{8, 2};
    lk::detail::run_to_end(session, cached, kPrompt, [] {});
    const auto results = session.results();
    REQUIRE(results.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
      if (options.length_penalty.exponent() == 0) {
        CHECK(results[i].weight ==
              lk::importance_weight(results[i].score, session.policy().threshold()));
        weights.push_back(results[i].weight);
      }
      CHECK(results[i].weight == Catch::Approx(weights[i]).epsilon(1e-12));
    }
  }
}

TEST_CASE("plain and cached models give the same; a step that throws changes nothing") {
  const lk::Limits limits{.max_new_tokens = 9, .end_tokens = {0}};
  const auto plain = search(test::PlainRecurrent<float>{20, 3}, 5, {.seed = 2}, limits);
  const auto cached = search(test::CachedRecurrent<float>{20, 3}, 5, {.seed = 2}, limits);
  test::check_equal(plain, cached);
  int countdown = -1;
  lk::Limits doubtful = limits;
  doubtful.stop_when = [&](const lk::Context&) {
    if (--countdown == 0) throw std::runtime_error("the predicate");
    return false;
  };
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 5}, lk::StochasticBeams{{.seed = 2}}};
  auto session = beams.start(kPrompt, doubtful);
  lk::Workspace workspace;
  test::CachedRecurrent<float> model{20, 3};
  const auto* rows = &model.prefill(kPrompt);
  while (!session.done()) {
    countdown = 3;
    CHECK_THROWS(session.step(*rows, workspace));
    countdown = -1;
    const auto step = session.step(*rows, workspace);
    if (session.done()) break;
    if (!step.identity) model.reorder(step.parents);
    rows = &model.step(step.tokens);
  }
  test::check_equal(session.results(), plain);
}

TEST_CASE("without noise this is beam search, bit for bit, whatever the options") {
  const test::PlainRecurrent<float> model{60, 5};
  const lk::Limits limits{.max_new_tokens = 9, .end_tokens = {3, 11}};
  for (const lk::BeamOptions& options :
       {lk::BeamOptions{.beams = 1}, lk::BeamOptions{.beams = 4}, lk::BeamOptions{.beams = 70},
        lk::BeamOptions{.beams = 3, .patience = 2}, lk::BeamOptions{.beams = 3, .legacy = true},
        lk::BeamOptions{.beams = 4, .n_best = 2}}) {
    const lk::Chain chain{lk::TopK{20}, lk::Softmax{}};
    const lk::BeamSearchDecoder plain{chain, options};
    const lk::BeamSearchDecoder ours{chain, options, lk::StochasticBeams{{.noise = false}}};
    test::check_equal(ours.decode(model, kPrompt, limits), plain.decode(model, kPrompt, limits));
  }
}

TEST_CASE("options that stochastic beams cannot heed are refused") {
  const auto make = [](const lk::BeamOptions& options) {
    return lk::BeamSearchDecoder{lk::Chain{}, options, lk::StochasticBeams{}};
  };
  CHECK_THROWS_WITH(make({.legacy = true}),
                    "BeamOptions: legacy must be false for stochastic beams");
  CHECK_THROWS_WITH(make({.patience = 2}),
                    "BeamOptions: patience must satisfy patience = 1 for stochastic beams, got 2");
}

TEST_CASE("long texts have weights") {
  const auto model = [](std::span<const lk::Token>) { return std::vector<double>(1000, 0.0); };
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 3}, lk::StochasticBeams{{.seed = 1}}};
  const auto results = beams.decode(model, Tokens{0}, {.max_new_tokens = 120});
  REQUIRE(results.size() == 3);
  for (const lk::Generation& each : results) CHECK((each.weight > 0 && each.weight < 1e3));
}
