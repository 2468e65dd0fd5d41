// SPDX-License-Identifier: MIT
// Beam search: against exhaustive search, with and without a cache, scores, chains, patience.
// Against a twin, and one beam against greedy search, rule by rule: property/beam_search.cpp.
#include <logitkit/decode/beam_search.hpp>

#include <logitkit/decode/greedy.hpp>
#include <logitkit/process/force_prefix.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/top_k.hpp>

#include "reference/transforms.hpp"
#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"
#include "support/sequence_law.hpp"

#include <array>
#include <cmath>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;
using lk::EarlyStopping;

namespace {

const Tokens kPrompt{1, 0};

struct Hypothesis {
  Tokens tokens;
  long double score;
};

/// A grammar of brackets, 0 opens and 1 closes: the end, 2, may come where all are closed. It keeps
/// the depth and fills a bitmask, as grammar engines do.
struct Brackets {
  int depth = 0;

  void operator()(auto& candidates, const lk::Context&) const {
    const std::uint32_t allowed = depth > 0 ? ~4u : ~2u;
    candidates.mask(std::array{allowed});
  }
  void accept(lk::Token token) { depth += token == 0 ? 1 : token == 1 ? -1 : 0; }
};

/// log_softmax of the model's row after `tokens`, the slow way.
reference::Scores log_softmax(const test::PlainRecurrent<double>& model, const Tokens& tokens) {
  const auto row = model(tokens);
  return reference::log_softmax(reference::Scores(row.begin(), row.end()));
}

/// Every sequence within the limits, best first.
std::vector<Hypothesis> exhaustive(const test::PlainRecurrent<double>& model,
                                   const lk::Limits& limits, const lk::BeamOptions& options) {
  const double exponent = options.length_penalty.exponent();
  const bool gnmt = options.length_penalty(7) == std::pow(2.0, exponent);
  std::vector<Hypothesis> all;
  for (const auto& [tokens, p] : test::sequence_law(model, kPrompt, limits)) {
    const auto n = (long double)(tokens.size());
    all.push_back({tokens, (std::log(p) + options.word_reward * n) /
                               std::pow(gnmt ? (5 + n) / 6 : n, (long double)(exponent))});
  }
  std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.score > b.score; });
  return all;
}

const test::PlainRecurrent<double> kReported{10, 5};
const lk::Report kReport{.model = true, .alternatives = 2, .rank = true};

/// What a result reports is what the model says along its tokens. Returns their log-probability.
long double check_report(const lk::Generation& result) {
  const std::size_t length = result.tokens.size();
  REQUIRE(result.model_log_probabilities.size() == length);
  REQUIRE(result.alternatives.size() == 2 * length);
  REQUIRE(result.ranks.size() == length);
  CHECK(result.choice_log_probabilities.empty());
  Tokens tokens = kPrompt;
  long double sum = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const auto row = log_softmax(kReported, tokens);
    const auto best = std::max_element(row.begin(), row.end());
    CHECK(result.alternatives[2 * i].token == best - row.begin());
    CHECK(result.alternatives[2 * i].log_probability == Catch::Approx(double(*best)));
    CHECK(result.alternatives[2 * i + 1].log_probability <= double(*best));
    const long double expected = row[std::size_t(result.tokens[i])];
    CHECK(result.model_log_probabilities[i] == Catch::Approx(double(expected)).epsilon(1e-12));
    CHECK(result.ranks[i] == 1 + std::size_t(std::count_if(row.begin(), row.end(), [&](auto other) {
                               return other > expected;
                             })));
    sum += expected;
    tokens.push_back(result.tokens[i]);
  }
  return sum;
}

template <class Scalar>
void check_cached_is_plain() {
  const auto check = [](const auto& beams, std::uint64_t seed) {
    const lk::Limits limits{.max_new_tokens = 14, .end_tokens = {2, 5}};
    test::CachedRecurrent<Scalar> cached{20, seed};
    const auto results = beams.decode(cached, kPrompt, limits);
    test::check_equal(results,
                      beams.decode(test::PlainRecurrent<Scalar>{20, seed}, kPrompt, limits));
    CHECK(cached.prefills == 1);
    CHECK(cached.steps <= 13);
    CHECK(cached.reorders <= cached.steps);  // never for identity: the model throws then
  };
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    for (const std::size_t k : {1u, 2u, 5u}) {
      check(lk::BeamSearchDecoder{lk::Chain{lk::FrequencyPenalty{0.7f}}, {.beams = k}}, seed);
      check(
          lk::BeamSearchDecoder{lk::Chain{}, {.beams = k, .early_stopping = EarlyStopping::never}},
          seed);
    }
  }
}

}  // namespace

TEST_CASE("the widest beam is exhaustive search, however lengths are scored") {
  using lk::LengthPenalty;
  for (const auto rule : {EarlyStopping::never, EarlyStopping::canonical}) {
    for (const auto& [penalty, reward] : std::vector<std::pair<LengthPenalty, double>>{
             {0, 0}, {1, 0}, {0.5, 0}, {2, 0}, {-1, 0}, {LengthPenalty::gnmt(1), 0}, {1, 0.4}}) {
      if (rule == EarlyStopping::never && reward > 0) continue;  // it does not reckon with them
      for (std::uint64_t seed = 1; seed < 4; ++seed) {
        const test::PlainRecurrent<double> model{4, seed};
        const lk::BeamOptions options{
            .beams = 200, .length_penalty = penalty, .word_reward = reward, .early_stopping = rule};
        const lk::Limits limits{.max_new_tokens = 4, .end_tokens = {2}};
        const auto expected = exhaustive(model, limits, options);
        const auto results =
            lk::BeamSearchDecoder{lk::Chain{}, options}.decode(model, kPrompt, limits);
        REQUIRE(results.size() == expected.size());
        for (std::size_t i = 0; i < results.size(); ++i) {
          CHECK(results[i].tokens == expected[i].tokens);
          CHECK(results[i].score == Catch::Approx(double(expected[i].score)).epsilon(1e-12));
        }
      }
    }
  }
}

TEST_CASE("canonical stopping loses nothing against running to the limit, and stops") {
  using lk::LengthPenalty;
  int sooner = 0, runs = 0;
  const auto check = [&](lk::BeamOptions options, std::uint64_t seed) {
    const lk::Limits limits{.max_new_tokens = 14, .end_tokens = {2}};
    test::CachedRecurrent<float> model{6, seed}, to_the_limit{6, seed};
    options.early_stopping = EarlyStopping::canonical;
    const auto results = lk::BeamSearchDecoder{lk::Chain{}, options}.decode(model, kPrompt, limits);
    options.early_stopping = EarlyStopping::when_full;
    options.patience = 1000;  // it is never full
    test::check_equal(
        results, lk::BeamSearchDecoder{lk::Chain{}, options}.decode(to_the_limit, kPrompt, limits));
    sooner += model.steps < to_the_limit.steps;
    ++runs;
  };
  for (const LengthPenalty penalty :
       {LengthPenalty(0), LengthPenalty(1), LengthPenalty(-1), LengthPenalty::gnmt(0.8)}) {
    for (const double reward : {0.0, 0.2, -0.5}) {
      for (const std::size_t n_best : {1u, 2u, 3u}) {
        const lk::BeamOptions options{
            .beams = 3, .length_penalty = penalty, .word_reward = reward, .n_best = n_best};
        for (std::uint64_t seed = 1; seed < 12; ++seed) check(options, seed);
      }
    }
  }
  CHECK(sooner > runs / 3);
}

TEST_CASE("patience goes on until it has found as many hypotheses as it wants") {
  for (const double patience : {0.5, 1.0, 2.0, 3.5}) {
    for (std::uint64_t seed = 1; seed < 20; ++seed) {
      const lk::BeamSearchDecoder beams{
          lk::Chain{},
          {.beams = 4, .early_stopping = EarlyStopping::when_full, .patience = patience}};
      auto session = beams.start(kPrompt, {.max_new_tokens = 12, .end_tokens = {2}});
      test::CachedRecurrent<float> model{6, seed};
      lk::detail::run_to_end(session, model, kPrompt, [&] {
        if (!session.done()) REQUIRE(double(session.finished().size()) < 4 * patience);
      });
      CHECK(double(session.finished().size()) <= 4 * patience);
      CHECK(session.results().size() == std::min<std::size_t>(4, session.finished().size()));
    }
  }
}

TEST_CASE("a model with a cache gives what the plain one does, for every scalar") {
  check_cached_is_plain<float>();
  check_cached_is_plain<double>();
  check_cached_is_plain<Eigen::half>();
  check_cached_is_plain<Eigen::bfloat16>();
}

TEST_CASE("n_best returns the first n of all") {
  const test::PlainRecurrent<float> model{15, 3};
  const lk::Limits limits{.max_new_tokens = 8, .end_tokens = {2}};
  const auto run = [&](std::size_t n) {
    return lk::BeamSearchDecoder{lk::Chain{}, {.beams = 5, .n_best = n}}.decode(model, kPrompt,
                                                                                limits);
  };
  const auto all = run(0);
  REQUIRE(all.size() == 5);
  for (std::size_t n = 1; n <= 5; ++n) {
    const auto some = run(n);
    REQUIRE(some.size() == n);
    for (std::size_t i = 0; i < n; ++i) CHECK(some[i].tokens == all[i].tokens);
    for (std::size_t i = 1; i < n; ++i) CHECK(some[i].score <= some[i - 1].score);
  }
}

TEST_CASE("scores are sums of log-probabilities over length^penalty, the end token included") {
  for (const double penalty : {1.0, 0.0, -1.5, 0.6}) {
    const lk::BeamSearchDecoder beams{lk::Chain{},
                                      {.beams = 4, .length_penalty = penalty, .report = kReport}};
    for (const auto& result :
         beams.decode(kReported, kPrompt, {.max_new_tokens = 6, .end_tokens = {2, 7}})) {
      const long double sum = check_report(result);
      const auto length = (long double)(result.tokens.size());
      const long double expected = sum / std::pow(length, (long double)(penalty));
      CHECK(result.score == Catch::Approx(double(expected)).epsilon(1e-12));
    }
  }
}

TEST_CASE("what is reported is the model's, whatever the chain makes of it") {
  const lk::BeamSearchDecoder beams{
      lk::Chain{lk::FrequencyPenalty{0.9}, lk::TopK{4}, lk::Softmax{}},
      {.beams = 3, .report = kReport}};
  for (const auto& result : beams.decode(kReported, kPrompt, {.max_new_tokens = 6})) {
    check_report(result);
  }
}

TEST_CASE("a grammar goes with each beam: its state forks, and its mask is that beam's") {
  const auto from_history = [](auto& candidates, const lk::Context& context) {
    Brackets brackets;
    for (const lk::Token token : context.generated()) brackets.accept(token);
    brackets(candidates, context);
  };
  const lk::Limits limits{.max_new_tokens = 12, .end_tokens = {2}};
  int ended = 0;
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    const test::PlainRecurrent<float> model{8, seed};
    const auto results =
        lk::BeamSearchDecoder{lk::Chain{Brackets{}}, {.beams = 4}}.decode(model, kPrompt, limits);
    test::check_equal(results, lk::BeamSearchDecoder{lk::Chain{from_history}, {.beams = 4}}.decode(
                                   model, kPrompt, limits));
    for (const auto& each : results) {
      Brackets brackets;
      for (const lk::Token token : each.tokens) {
        brackets.accept(token);
        CHECK(brackets.depth >= 0);
      }
      if (each.reason != lk::StopReason::end_token) continue;
      ++ended;
      CHECK(brackets.depth == 0);
    }
  }
  CHECK(ended > 10);
}

TEST_CASE("a forced prefix: the search that begins behind it; what is forced costs nothing") {
  const Tokens prefix{7, 2, 3};
  const lk::BeamOptions options{.beams = 3, .length_penalty = 0};
  Tokens longer = kPrompt;
  longer.insert(longer.end(), prefix.begin(), prefix.end());
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    const test::PlainRecurrent<double> model{10, seed};
    const lk::BeamSearchDecoder forced{lk::Chain{lk::ForcePrefix{prefix}}, options};
    auto results = forced.decode(model, kPrompt, {.max_new_tokens = 9, .end_tokens = {5}});
    for (lk::Generation& each : results) {
      REQUIRE(each.tokens.size() > 3);
      CHECK(std::equal(prefix.begin(), prefix.end(), each.tokens.begin()));
      each.tokens.erase(each.tokens.begin(), each.tokens.begin() + 3);
    }
    const lk::BeamSearchDecoder free{lk::Chain{}, options};
    test::check_equal(results,
                      free.decode(model, longer, {.max_new_tokens = 6, .end_tokens = {5}}));
  }
}

TEST_CASE("a chain's scores are added up as they are; Softmax at its end normalises them") {
  const test::PlainRecurrent<double> model{10, 5};
  const auto best_score = [&](const auto& chain) {
    const lk::BeamSearchDecoder beams{chain, {.beams = 2, .length_penalty = 0}};
    return beams.decode(model, kPrompt, {.max_new_tokens = 4}).at(0).score;
  };
  // Top-k of 1 leaves one path: its log-probability, and with Softmax that of certainty.
  const auto greedy = lk::GreedyDecoder{lk::Chain{}, {.report = {.model = true}}}.decode(
      model, kPrompt, {.max_new_tokens = 4});
  CHECK(best_score(lk::Chain{lk::TopK{1}}) == Catch::Approx(greedy.score).epsilon(1e-12));
  CHECK(best_score(lk::Chain{lk::TopK{1}, lk::Softmax{}}) == Catch::Approx(0).margin(1e-12));
}

TEST_CASE("a cancelled search returns what it has, at the next token") {
  int asked = 0;
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 3}};
  test::CachedRecurrent<float> model;
  const auto results = beams.decode(model, kPrompt, {.stop_when = [&](const lk::Context& context) {
                                      return ++asked > 20 || context.generated().size() > 5;
                                    }});
  CHECK(model.steps < 6);
  REQUIRE(results.size() == 3);
  for (const auto& result : results) CHECK(result.reason == lk::StopReason::predicate);
}

TEST_CASE("one beam is greedy even where logits differ in the last bit alone") {
  const lk::BeamSearchDecoder one{lk::Chain{}, {.beams = 1}};
  for (const float base : {0.1f, 1e-9f, 1e-30f, 40.0f}) {
    const float next = std::nextafter(base, 100.0f), last = std::nextafter(next, 100.0f);
    for (const std::vector<float>& row : {std::vector{base, next, last, -3.0f, 1e-3f},
                                          std::vector{next, base, last, last, -50.0f}}) {
      const test::ConstantModel<float> model{row};
      const lk::Limits limits{.max_new_tokens = 3};
      const lk::GreedyDecoder greedy;
      CHECK(one.decode(model, kPrompt, limits)[0].tokens ==
            greedy.decode(model, kPrompt, limits).tokens);
    }
  }
}
