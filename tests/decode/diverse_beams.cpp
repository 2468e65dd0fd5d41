// SPDX-License-Identifier: MIT
// Diverse beam search: one group is plain, groups differ, every shape of rows, what ends it all.
#include <logitkit/decode/diverse_beams.hpp>

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/process/frequency_penalty.hpp>

#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"

#include <set>
#include <stdexcept>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{1, 0};
const lk::Limits kLimits{.max_new_tokens = 10, .end_tokens = {2}};

/// Throws for one history.
struct Fragile {
  void operator()(auto&, const lk::Context& context) const {
    if (context.generated().size() == 3) throw std::runtime_error("the processor");
  }
};

}  // namespace

TEST_CASE("a penalty that outweighs everything makes the groups begin apart") {
  const test::PlainRecurrent<float> model{12, 3};
  const lk::BeamSearchDecoder diverse{
      lk::Chain{}, {.beams = 8}, lk::DiverseBeams{{.groups = 4, .penalty = 1000}}};
  lk::Workspace workspace;
  auto session = diverse.start(kPrompt, kLimits);
  const auto step = session.step(model(kPrompt), workspace);
  REQUIRE(step.tokens.size() == 8);
  CHECK(std::set<lk::Token>(step.tokens.begin(), step.tokens.end()).size() == 8);
  for (const std::size_t parent : step.parents) CHECK(parent == 0);
}

TEST_CASE("a model with a cache gives what the plain one does; groups that are over have no rows") {
  std::size_t retired = 0;
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    const lk::BeamSearchDecoder diverse{
        lk::Chain{lk::FrequencyPenalty{0.3f}},
        {.beams = 6, .early_stopping = lk::EarlyStopping::when_full},
        lk::DiverseBeams{{.groups = 3, .penalty = 0.7}}};
    const auto plain = diverse.decode(test::PlainRecurrent<float>{8, seed}, kPrompt, kLimits);
    test::CachedRecurrent<float> cached{8, seed};
    test::check_equal(diverse.decode(cached, kPrompt, kLimits), plain);

    test::CachedRecurrent<float> model{8, seed};
    lk::Workspace workspace;
    auto session = diverse.start(kPrompt, kLimits);
    auto step = session.step(model.prefill(kPrompt), workspace);
    while (!session.done()) {
      REQUIRE(session.live() == step.tokens.size());
      for (std::size_t r = 0; r < session.live(); ++r) {
        REQUIRE(session.context(r).tokens.back() == step.tokens[r]);
        REQUIRE(session.sum(r) < 0);
      }
      retired += session.live() <= 4;
      if (!step.identity) model.reorder(step.parents);
      auto fork = session;
      const auto rows = model.step(step.tokens);
      lk::Workspace other;
      const auto forked = fork.step(rows, other);
      step = session.step(rows, workspace);
      REQUIRE(std::ranges::equal(forked.tokens, step.tokens));
    }
    test::check_equal(session.results(), plain);
  }
  CHECK(retired > 5);
}

TEST_CASE("a bad row ends all groups and loses nothing") {
  const lk::BeamSearchDecoder diverse{
      lk::Chain{}, {.beams = 4}, lk::DiverseBeams{{.groups = 2, .penalty = 1}}};
  lk::Workspace workspace;
  const auto check = [&](const auto& rows, lk::Status status) {
    auto session = diverse.start(kPrompt, {});
    session.step(std::vector<float>{1, 2, 3, 4, 5}, workspace);
    REQUIRE(session.live() == 4);
    const auto step = session.step(rows, workspace);
    CHECK(step.tokens.empty());
    CHECK(session.done());
    CHECK(session.interrupted());
    const auto results = session.results();
    REQUIRE(results.size() == 4);
    for (const auto& result : results) {
      CHECK(result.status == status);
      CHECK(result.reason == lk::StopReason::bad_row);
    }
    CHECK(session.step(rows, workspace).tokens.empty());  // it is over
  };
  std::vector<float> rows(20, 1.0f);
  rows[13] = std::numeric_limits<float>::quiet_NaN();  // the second group's
  check(rows, lk::Status::not_a_number);
  check(std::vector<float>(15, 1.0f), lk::Status::wrong_length);
  check(Eigen::MatrixXf(5, 3), lk::Status::wrong_length);
}

TEST_CASE("what a processor throws comes through, and the search is over") {
  const lk::BeamSearchDecoder diverse{
      lk::Chain{Fragile{}}, {.beams = 4}, lk::DiverseBeams{{.groups = 2}}};
  lk::Workspace workspace;
  auto session = diverse.start(kPrompt, {});
  session.step(std::vector<float>{1, 2, 3, 4, 5}, workspace);
  while (session.context(0).generated().size() < 3) {
    session.step(std::vector<float>(20, 1.0f), workspace);
  }
  CHECK_THROWS_AS(session.step(std::vector<float>(20, 1.0f), workspace), std::runtime_error);
  CHECK(session.done());
  CHECK(session.results().size() == 4);
}

TEST_CASE("groups that cannot be are refused") {
  const auto build = [](std::size_t beams, const lk::DiverseOptions& options) {
    lk::BeamSearchDecoder{lk::Chain{}, {.beams = beams}, lk::DiverseBeams{options}};
  };
  CHECK_THROWS_WITH(build(4, {.groups = 3}),
                    "DiverseBeams: groups must satisfy groups divides beams, got 3");
  CHECK_THROWS_AS(build(4, {.groups = 0}), std::invalid_argument);
  CHECK_THROWS_AS(build(4, {.groups = 8}), std::invalid_argument);
  CHECK_THROWS_WITH(build(4, {.penalty = -1}),
                    "DiverseBeams: penalty must satisfy 0 <= penalty < inf, got -1");
  CHECK_THROWS_AS(build(4, {.penalty = std::numeric_limits<double>::infinity()}),
                  std::invalid_argument);
}

TEST_CASE("a group whose beams all die takes nothing, and dissuades nobody") {
  // Group 0 has a hypothesis, then no token is left to it; group 1 began with token 3.
  const auto chain = [](auto& candidates, const lk::Context& context) {
    if (context.generated().size() != 1 || context.tokens.back() == 3) return;
    for (lk::Token t = 0; t < 4; ++t) candidates.ban(t);
  };
  const lk::BeamSearchDecoder diverse{
      chain, {.beams = 4, .patience = 2}, lk::DiverseBeams{{.groups = 2, .penalty = 100}}};
  auto session = diverse.start(kPrompt, {.max_new_tokens = 5, .end_tokens = {0}});
  lk::Workspace workspace;
  session.step(std::vector<double>{0, 0, -1, -2}, workspace);
  std::vector<double> rows;
  for (std::size_t r = 0; r < session.live(); ++r) rows.insert(rows.end(), {-50, 0, 0, 0});
  const auto step = session.step(rows, workspace);
  REQUIRE(step.tokens.size() == 2);
  CHECK(step.tokens[0] == 1);
  CHECK(step.tokens[1] == 2);
  CHECK(session.sum(0) == session.sum(1));
}

TEST_CASE("what ends the whole search is told by the results of groups that were over, too") {
  const lk::BeamSearchDecoder diverse{
      lk::Chain{},
      {.beams = 4, .early_stopping = lk::EarlyStopping::when_full, .patience = 0.5},
      lk::DiverseBeams{{.groups = 2, .penalty = 100}}};
  const lk::Limits limits{.max_new_tokens = 5, .stop_sequences = {{2}}};
  for (const bool throws : {true, false}) {
    const auto results = diverse.decode(
        [&](std::span<const lk::Token> tokens) -> std::vector<double> {
          if (tokens.size() == kPrompt.size()) return {0, -0.5, 0, -0.3};
          if (throws) throw std::runtime_error("the model");
          return {0, 0, 0, std::numeric_limits<double>::quiet_NaN()};
        },
        kPrompt, limits);
    REQUIRE(results.size() >= 2);
    bool some_had_ended = false;
    for (const lk::Generation& each : results) {
      some_had_ended = some_had_ended || each.reason == lk::StopReason::stop_sequence;
      CHECK((each.error != nullptr) == throws);
      CHECK(each.status == (throws ? lk::Status::ok : lk::Status::not_a_number));
    }
    CHECK(some_had_ended);
  }
}

TEST_CASE("no more results are asked for than the groups can have") {
  const lk::DiverseBeams groups{{.groups = 2}};
  CHECK(groups.check({.beams = 6, .patience = 0.75, .n_best = 4}).empty());
  CHECK(groups.check({.beams = 6, .patience = 0.75, .n_best = 5}) ==
        "BeamOptions: n_best must satisfy n_best <= groups * round(patience * beams / groups), "
        "got 5");
}

TEST_CASE("a group that dies without a hypothesis ends the search, and no live beam is lost") {
  constexpr double inf = std::numeric_limits<double>::infinity();
  const auto chain = [](auto& candidates, const lk::Context& context) {
    const lk::Token last = context.tokens.back();
    if (context.generated().size() != 1 || (last != 3 && last != 5)) return;
    for (lk::Token t = 0; t < 6; ++t) candidates.ban(t);
  };
  const lk::BeamSearchDecoder diverse{
      chain, {.beams = 4}, lk::DiverseBeams{{.groups = 2, .penalty = 100}}};
  auto session = diverse.start(kPrompt, {.max_new_tokens = 5, .stop_sequences = {{2}}});
  lk::Workspace workspace;
  session.step(std::vector<double>{-inf, -0.1, 0, -5, -5, -0.2}, workspace);
  std::vector<double> rows;
  for (std::size_t r = 0; r < session.live(); ++r) rows.insert(rows.end(), {-inf, 0, -50, 0, 0, 0});
  session.step(rows, workspace);
  CHECK(session.done());
  CHECK(session.interrupted());
  const auto results = session.results();
  CHECK(results.size() == 5);
  for (const lk::Generation& each : results) CHECK(each.status == lk::Status::nothing_left);
}
