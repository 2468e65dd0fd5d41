// SPDX-License-Identifier: MIT
// BeamOptions: what cannot be is refused with a sentence.
#include <logitkit/decode/beam_options.hpp>

#include <logitkit/decode/beam_search.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

TEST_CASE("options that can be have no sentence") {
  CHECK(lk::BeamOptions{}.check().empty());
  CHECK(lk::BeamOptions{.beams = 1}.check().empty());
  CHECK(lk::BeamOptions{.beams = 3, .length_penalty = -2.0, .n_best = 3}.check().empty());
  CHECK(lk::BeamOptions{.length_penalty = 0}.check().empty());
  CHECK(
      lk::BeamOptions{.report = {.model = true, .alternatives = 5, .rank = true}}.check().empty());
}

TEST_CASE("options that cannot be are named: field, rule and value") {
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(lk::BeamOptions{.beams = 0}.check() ==
        "BeamOptions: beams must satisfy 1 <= beams <= 65536, got 0");
  CHECK(lk::BeamOptions{.length_penalty = inf}.check() ==
        "BeamOptions: length_penalty must satisfy -30 <= length_penalty <= 30, got inf");
  CHECK_FALSE(lk::BeamOptions{.length_penalty = -inf}.check().empty());
  CHECK_FALSE(lk::BeamOptions{.length_penalty = inf - inf}.check().empty());
  CHECK(lk::BeamOptions{.beams = 2, .n_best = 3}.check() ==
        "BeamOptions: n_best must satisfy n_best <= round(patience * beams), got 3");
  CHECK(lk::BeamOptions{.beams = 4, .patience = 0.5, .n_best = 3}.check() ==
        "BeamOptions: n_best must satisfy n_best <= round(patience * beams), got 3");
  CHECK(lk::BeamOptions{.patience = 0}.check() ==
        "BeamOptions: patience must satisfy 0 < patience <= 65536, got 0");
  CHECK_FALSE(lk::BeamOptions{.patience = inf - inf}.check().empty());
  CHECK_FALSE(lk::BeamOptions{.patience = 65537}.check().empty());
  CHECK_FALSE(lk::BeamOptions{.beams = 65537}.check().empty());
  CHECK(lk::BeamOptions{.word_reward = inf}.check() ==
        "BeamOptions: word_reward must satisfy word_reward finite, got inf");
  CHECK(lk::BeamOptions{.early_stopping = lk::EarlyStopping::canonical, .legacy = true}.check() ==
        "BeamOptions: early_stopping must not be canonical where legacy rules are asked for");
  CHECK_FALSE(lk::BeamOptions{.report = {.choice = true}}.check().empty());
  CHECK(lk::BeamOptions{.report = {.rank = true, .of = lk::Distribution::choice}}.check() ==
        "BeamOptions: report.of must be the model, beam search has no choice");
  CHECK(lk::BeamOptions{.report = {.alternatives = 70000}}.check() ==
        "Report: alternatives must satisfy alternatives <= 65536, got 70000");
  CHECK(lk::BeamOptions{.beams = 65, .report = {.alternatives = 65536}}.check() ==
        "Report: alternatives must satisfy alternatives * rows <= 2^22, got 65536");
}

TEST_CASE("patience says how many finished hypotheses are wanted, and so how many are returned") {
  CHECK(lk::BeamOptions{.beams = 5}.wanted() == 5);
  CHECK(lk::BeamOptions{.beams = 5, .patience = 2.5}.wanted() == 13);  // 12.5, rounded up
  CHECK(lk::BeamOptions{.beams = 5, .patience = 0.01}.wanted() == 1);
  CHECK(lk::BeamOptions{.beams = 5, .patience = 0.5}.returned() == 3);
  CHECK(lk::BeamOptions{.beams = 5, .patience = 2}.returned() == 5);
  CHECK(lk::BeamOptions{.beams = 5, .patience = 2, .n_best = 9}.returned() == 9);
}

TEST_CASE("a score is the sum and the reward of its words over the penalty of its length") {
  const lk::BeamOptions power{.length_penalty = 2, .word_reward = 0.25};
  CHECK(power.score(-5, 4) == Catch::Approx(-0.25));
  CHECK(power.score(-5, 0) == -5);
  const lk::BeamOptions gnmt{.length_penalty = lk::LengthPenalty::gnmt(1)};
  CHECK(gnmt.score(-5, 7) == -2.5);
  CHECK(gnmt.score(-5, 0) == Catch::Approx(-6));
}

TEST_CASE("what a beam may still score is no less than it does score, whatever comes") {
  using lk::LengthPenalty;
  for (const LengthPenalty penalty : {LengthPenalty(0), LengthPenalty(1), LengthPenalty(-1.5),
                                      LengthPenalty::gnmt(0.6), LengthPenalty::gnmt(-2)}) {
    for (const double reward : {0.0, 0.7, -0.3}) {
      const lk::BeamOptions options{.length_penalty = penalty,
                                    .word_reward = reward,
                                    .early_stopping = lk::EarlyStopping::canonical};
      for (const double sum : {-0.5, -4.0, -30.0}) {
        const double attainable = options.attainable(sum, 3, 12);
        double best = -std::numeric_limits<double>::infinity();
        for (std::size_t length = 4; length <= 12; ++length) {
          best = std::max(best, options.score(sum, length));
        }
        CHECK(attainable >= best);
        if (reward == 0) CHECK(attainable == best);
      }
    }
  }
}

TEST_CASE("a decoder of such options cannot be built") {
  CHECK_THROWS_WITH((lk::BeamSearchDecoder{lk::Chain{}, {.beams = 0}}),
                    "BeamOptions: beams must satisfy 1 <= beams <= 65536, got 0");
  CHECK_THROWS_AS((lk::BeamSearchDecoder{lk::Chain{}, {.beams = 2, .n_best = 3}}),
                  std::invalid_argument);
}

TEST_CASE("the rules print") {
  CHECK(std::string(lk::to_string(lk::EarlyStopping::heuristic)) == "heuristic");
  CHECK(std::string(lk::to_string(lk::EarlyStopping::when_full)) == "when_full");
  CHECK(std::string(lk::to_string(lk::EarlyStopping::never)) == "never");
  CHECK(std::string(lk::to_string(lk::EarlyStopping::canonical)) == "canonical");
  CHECK(std::string(lk::to_string(static_cast<lk::EarlyStopping>(200))) == "unknown");
}
