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
        "BeamOptions: n_best must satisfy n_best <= beams, got 3");
  CHECK_FALSE(lk::BeamOptions{.report = {.choice = true}}.check().empty());
  CHECK(lk::BeamOptions{.report = {.rank = true, .of = lk::Distribution::choice}}.check() ==
        "BeamOptions: report.of must be the model, beam search has no choice");
  CHECK(lk::BeamOptions{.report = {.alternatives = 70000}}.check() ==
        "Report: alternatives must satisfy alternatives <= 65536, got 70000");
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
}
