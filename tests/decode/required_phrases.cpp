// SPDX-License-Identifier: MIT
// Lexically constrained beam search: every result has its phrases, the best of those that do.
#include <logitkit/decode/required_phrases.hpp>

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/frequency_penalty.hpp>

#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"
#include "support/sequence_law.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;
using lk::RequiredPhrases;
using Demands = std::vector<std::vector<Tokens>>;

namespace {

const Tokens kPrompt{1, 0};

/// The best of all texts within the limits that lacks nothing.
Tokens best_of_all(const test::PlainRecurrent<double>& model, const RequiredPhrases& phrases,
                   const lk::Limits& limits) {
  Tokens best;
  long double most = 0;
  for (const auto& [tokens, p] : test::sequence_law(model, kPrompt, limits)) {
    if (p > most && phrases.missing(tokens).empty()) best = tokens, most = p;
  }
  return best;
}

}  // namespace

TEST_CASE("the widest search finds the best of all texts that have the phrases") {
  const std::vector<Demands> all{
      {{{3}}}, {{{1, 1}}, {{3}}}, {{{0, 1}, {3, 3}}}, {{{1}}, {{0}}, {{3}}}};
  for (const Demands& demands : all) {
    for (const auto order : {RequiredPhrases::Order::any, RequiredPhrases::Order::as_given}) {
      for (std::uint64_t seed = 1; seed < 4; ++seed) {
        const test::PlainRecurrent<double> model{4, seed};
        const RequiredPhrases phrases(demands, order);
        const lk::BeamSearchDecoder beams{lk::Chain{},
                                          {.beams = 500,
                                           .length_penalty = 0,
                                           .early_stopping = lk::EarlyStopping::canonical,
                                           .n_best = 1},
                                          phrases};
        const lk::Limits limits{.max_new_tokens = 5, .end_tokens = {2}};
        const auto results = beams.decode(model, kPrompt, limits);
        REQUIRE(results.size() == 1);
        CHECK(results[0].tokens == best_of_all(model, phrases, limits));
      }
    }
  }
}

TEST_CASE("every result has the phrases, with few beams, little room and a cache") {
  for (std::uint64_t seed = 1; seed < 30; ++seed) {
    const RequiredPhrases phrases(
        Demands{{{5, 6, 7}}, {{8}, {9, 10}}},
        seed % 2 == 0 ? RequiredPhrases::Order::any : RequiredPhrases::Order::as_given);
    for (const std::size_t k : {1u, 2u, 5u}) {
      for (const std::size_t room : {4u, 5u, 12u}) {
        const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = k}, phrases};
        const lk::Limits limits{.max_new_tokens = room, .end_tokens = {2}};
        test::CachedRecurrent<float> cached{12, seed};
        const auto results = beams.decode(cached, kPrompt, limits);
        REQUIRE_FALSE(results.empty());
        for (const auto& each : results) {
          CHECK(phrases.missing(each.tokens).empty());
          CHECK(each.status == lk::Status::ok);
        }
        test::check_equal(results,
                          beams.decode(test::PlainRecurrent<float>{12, seed}, kPrompt, limits));
      }
    }
  }
}

TEST_CASE("what meets a stop rule too soon is lost, the others go on") {
  const RequiredPhrases phrases(Demands{{{5, 6}}});
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 4}, phrases};
  lk::Limits limits{.max_new_tokens = 10, .end_tokens = {2}};
  limits.stop_when = [](const lk::Context& context) {
    return context.tokens.back() % 3 == 1 && context.generated().size() < 5;
  };
  for (std::uint64_t seed = 1; seed < 10; ++seed) {
    const auto results = beams.decode(test::PlainRecurrent<float>{12, seed}, kPrompt, limits);
    REQUIRE_FALSE(results.empty());
    for (const auto& each : results) {
      CHECK(each.status == lk::Status::ok);
      CHECK(phrases.missing(each.tokens).empty());
    }
  }
}

TEST_CASE("where the chain bans what is needed, the search says so and what is missing") {
  const RequiredPhrases phrases(Demands{{{5}}, {{6, 7}}});
  const lk::BeamSearchDecoder beams{lk::Chain{lk::Ban{{7}}}, {.beams = 2}, phrases};
  const auto results =
      beams.decode(test::PlainRecurrent<float>{12, 1}, kPrompt, {.max_new_tokens = 6});
  REQUIRE_FALSE(results.empty());
  for (const auto& each : results) {
    CHECK(each.status == lk::Status::nothing_left);
    CHECK(each.reason == lk::StopReason::bad_row);
    CHECK(phrases.missing(each.tokens).back() == 1);
  }
}

TEST_CASE("demands that cannot be are refused, when the decoder is built or a request starts") {
  const auto build = [](const Demands& demands) {
    return lk::BeamSearchDecoder{lk::Chain{}, {}, RequiredPhrases{demands}};
  };
  const char* no_phrase =
      "RequiredPhrases: each demand must satisfy it has phrases of length >= 1, got 0";
  CHECK_THROWS_WITH(build({{}}), no_phrase);
  CHECK_THROWS_WITH(build({{{4}, {}}}), no_phrase);
  const auto start = [&](const lk::Limits& limits) {
    static_cast<void>(build({{{4, 5}}, {{6}}}).start(kPrompt, limits));
  };
  CHECK_NOTHROW(start({.max_new_tokens = 3}));
  CHECK_THROWS_WITH(start({.max_new_tokens = 2}),
                    "RequiredPhrases: all phrases must satisfy tokens <= those that may be "
                    "generated, got 3");
  CHECK_THROWS_AS(start({.max_tokens = 4}), std::invalid_argument);
  CHECK_THROWS_AS(start({.end_tokens = {5}}), std::invalid_argument);
  CHECK_THROWS_AS(start({.vocabulary = 6}), std::invalid_argument);
}

TEST_CASE("where all end before the phrases are there, the search says so, and what it had") {
  const auto model = [](std::span<const lk::Token>) {
    return std::vector<double>{0, 0.1, 0.2, 0.3, 0.4};
  };
  const RequiredPhrases phrases(Demands{{{1, 2, 3}}});
  const lk::Limits deadline{.max_new_tokens = 8, .stop_when = [](const lk::Context& context) {
                              return context.generated().size() >= 2;
                            }};
  const lk::Limits inside{.max_new_tokens = 4, .stop_sequences = {{1, 2}}};
  for (const bool legacy : {false, true}) {
    const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 2, .legacy = legacy}, phrases};
    for (const lk::Limits& limits : {deadline, inside}) {
      const auto results = beams.decode(model, kPrompt, limits);
      if (legacy && limits.stop_sequences.size() == 1) continue;  // which go on there
      REQUIRE_FALSE(results.empty());
      for (const lk::Generation& each : results) {
        CHECK(each.reason == lk::StopReason::bad_row);
        CHECK(each.status == lk::Status::nothing_left);
        CHECK_FALSE(phrases.missing(each.tokens).empty());
      }
    }
  }
}

TEST_CASE("a demand without a token is missing in every text") {
  CHECK(RequiredPhrases(Demands{{{}}}).missing(kPrompt) == std::vector<std::size_t>{0});
  CHECK(RequiredPhrases(Demands{{}}).missing(kPrompt) == std::vector<std::size_t>{0});
}
