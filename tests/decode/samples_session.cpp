// SPDX-License-Identifier: MIT
// SamplesSession: the engine's loop; bad rows, exceptions, ends, forks, memory and options.
#include "support/allocations.hpp"

#include <logitkit/decode/samples_session.hpp>

#include <logitkit/decode/arithmetic.hpp>
#include <logitkit/decode/best_of_n.hpp>
#include <logitkit/process/frequency_penalty.hpp>

#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"

#include <cmath>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{2, 1, 0};
const lk::Chain kChain{lk::FrequencyPenalty{0.5f}};

/// Throws where it is told to: in the n-th call or the n-th accept.
struct Unreliable {
  int* calls;
  int* accepts;
  void operator()(auto&, const lk::Context&) const {
    if (--*calls == 0) throw std::runtime_error("the processor");
  }
  void accept(lk::Token) {
    if (--*accepts == 0) throw std::runtime_error("the processor");
  }
};

/// Steps a session to its end through a model that caches.
template <class Session>
void drive(Session& session, test::CachedRecurrent<float>& model) {
  lk::Workspace workspace;
  auto step = session.step(model.prefill(kPrompt), workspace);
  while (!session.done()) {
    REQUIRE(step.tokens.size() == session.live());
    REQUIRE(step.parents.size() == session.live());
    for (std::size_t r = 0; r < session.live(); ++r) {
      CHECK(session.context(r).tokens.back() == step.tokens[r]);
      if (r > 0) CHECK(session.number(r - 1) < session.number(r));
    }
    if (!step.identity) model.reorder(step.parents);
    step = session.step(model.step(step.tokens), workspace);
  }
  CHECK(step.tokens.empty());
}

}  // namespace

TEST_CASE("an engine that owns the loop gets what decode gives") {
  const lk::Limits limits{.max_new_tokens = 20, .end_tokens = {3}};
  const auto check = [&](const auto& decoder) {
    auto session = decoder.start(kPrompt, limits);
    test::CachedRecurrent<float> model{12, 3};
    drive(session, model);
    test::check_equal(session.results(),
                      decoder.decode(test::PlainRecurrent<float>{12, 3}, kPrompt, limits));
  };
  check(lk::BestOfNDecoder{kChain, {.n = 5, .seed = 1}});
  check(lk::ArithmeticDecoder{kChain, {.n = 5, .seed = 1}});
}

TEST_CASE("a bad row ends its own sequence, a bad buffer all of them") {
  const lk::BestOfNDecoder best{lk::Chain{}, {.n = 3}};
  lk::Workspace workspace;
  auto session = best.start(kPrompt, {});
  session.step(std::vector<float>{0, 0, 0, 0}, workspace);
  std::vector<float> rows(12, 0.0f);
  rows[5] = std::nanf("");
  const auto step = session.step(rows, workspace);
  REQUIRE(session.live() == 2);
  CHECK(std::vector(step.parents.begin(), step.parents.end()) == std::vector<std::size_t>{0, 2});
  CHECK_FALSE(step.identity);
  CHECK(session.samples()[1].status == lk::Status::not_a_number);
  CHECK(session.samples()[1].reason == lk::StopReason::bad_row);
  CHECK(session.samples()[1].tokens.size() == 1);
  REQUIRE(session.results().size() == 1);

  session.step(std::vector<float>(9), workspace);
  CHECK(session.done());
  for (const std::size_t i : {0u, 2u}) {
    CHECK(session.samples()[i].status == lk::Status::wrong_length);
    CHECK(session.samples()[i].tokens.size() == 2);
  }
  CHECK(session.step(rows, workspace).tokens.empty());  // and no more

  auto expanded = best.start(kPrompt, {.vocabulary = 4});
  expanded.step(rows, workspace);  // the prompt's row is one, not one for each sequence
  CHECK(expanded.samples()[0].status == lk::Status::wrong_length);
  CHECK(std::isnan(expanded.samples()[0].score));
  CHECK(expanded.results().size() == 3);
}

TEST_CASE("a processor that throws leaves the session as it was, or without what had not ended") {
  const auto rows = [](std::size_t count) { return std::vector<float>(5 * count, 0.0f); };
  int calls = -1, accepts = -1;
  const lk::BestOfNDecoder best{Unreliable{&calls, &accepts}, {.n = 3}};
  lk::Workspace workspace;
  auto session = best.start(kPrompt, {.max_new_tokens = 3});
  auto untouched = session;
  session.step(rows(1), workspace);
  calls = 2;
  CHECK_THROWS(session.step(rows(3), workspace));
  CHECK(session.live() == 3);
  calls = -1;
  session.step(rows(3), workspace);
  session.step(rows(3), workspace);
  REQUIRE(session.done());
  untouched.step(rows(1), workspace);
  untouched.step(rows(3), workspace);
  untouched.step(rows(3), workspace);
  test::check_equal(session.results(), untouched.results());
  auto doomed = best.start(kPrompt, {});
  accepts = 2;
  CHECK_THROWS(doomed.step(rows(1), workspace));
  CHECK(doomed.done());
  CHECK(doomed.results().empty());
}

TEST_CASE("a stop from outside keeps every sequence, and a prompt may be too long from the start") {
  lk::Workspace workspace;
  const lk::ArithmeticDecoder decoder{lk::Chain{}, {.n = 4}};
  auto session = decoder.start(kPrompt, {});
  session.step(std::vector<float>(6, 1.0f), workspace);
  session.stop(lk::StopReason::observer);
  REQUIRE(session.results().size() == 4);
  for (const auto& each : session.results()) {
    CHECK(each.tokens.size() == 1);
    CHECK(each.reason == lk::StopReason::observer);
    CHECK(each.score == Catch::Approx(-std::log(6.0)).epsilon(1e-6));
  }
  const auto full = decoder.start(kPrompt, {.max_tokens = 3});
  CHECK(full.done());
  CHECK(full.results().at(0).reason == lk::StopReason::max_tokens);
}

TEST_CASE("what is reported comes with each sequence") {
  const lk::BestOfNDecoder best{
      lk::Chain{},
      {.n = 3, .report = {.model = true, .choice = true, .alternatives = 2, .rank = true}}};
  for (const auto& each :
       best.decode(test::PlainRecurrent<float>{9, 1}, kPrompt, {.max_new_tokens = 4})) {
    REQUIRE(each.tokens.size() == 4);
    CHECK(each.model_log_probabilities.size() == 4);
    CHECK(each.choice_log_probabilities.size() == 4);
    CHECK(each.ranks.size() == 4);
    REQUIRE(each.alternatives.size() == 8);
    for (std::size_t i = 0; i < 4; ++i) {
      if (each.ranks[i] == 1) CHECK(each.alternatives[2 * i].token == each.tokens[i]);
      CHECK(each.model_log_probabilities[i] == each.choice_log_probabilities[i]);
    }
  }
}

TEST_CASE("steps allocate nothing once the workspace has seen the vocabulary") {
  const auto check = [](const auto& decoder) {
    auto session = decoder.start(kPrompt, {.max_new_tokens = 400});
    lk::Workspace workspace;
    std::vector<float> rows(4 * 50);
    test::write_logits(1, 50, rows.data());
    session.step(std::span(rows).first(50), workspace);
    session.step(rows, workspace);
    // The scores' log-probabilities grow by doubling, a list for each sequence.
    const std::size_t before = test::allocations;
    for (std::uint64_t i = 0; i < 300; ++i) {
      for (std::size_t r = 0; r < 4; ++r) test::write_logits(4 * i + r, 50, &rows[50 * r]);
      session.step(rows, workspace);
    }
    CHECK(test::allocations - before <= 4 * 9);
  };
  check(lk::BestOfNDecoder{lk::Chain{}, {.n = 4}});
  check(lk::ArithmeticDecoder{lk::Chain{}, {.n = 4}});
}

TEST_CASE("sampling options are refused with a sentence") {
  CHECK(lk::SamplesOptions{}.check().empty());
  CHECK(lk::SamplesOptions{.n = 1, .n_best = 1}.check().empty());
  CHECK(lk::SamplesOptions{.n = 65536, .length_penalty = -30}.check().empty());
  CHECK(lk::SamplesOptions{.n = 2, .n_best = 2, .length_penalty = 30}.check().empty());
  CHECK(lk::SamplesOptions{.n = 0}.check() ==
        "SamplesOptions: n must satisfy 1 <= n <= 65536, got 0");
  CHECK(lk::SamplesOptions{.n = 65537}.check() ==
        "SamplesOptions: n must satisfy 1 <= n <= 65536, got 65537");
  CHECK(lk::SamplesOptions{.n = 2, .n_best = 3}.check() ==
        "SamplesOptions: n_best must satisfy n_best <= n, got 3");
  CHECK(lk::SamplesOptions{.length_penalty = 31}.check() ==
        "SamplesOptions: length_penalty must satisfy -30 <= length_penalty <= 30, got 31");
  CHECK(lk::SamplesOptions{.length_penalty = std::nan("")}.check() ==
        "SamplesOptions: length_penalty must satisfy -30 <= length_penalty <= 30, got nan");
  CHECK(lk::SamplesOptions{.report = {.alternatives = 65537}}.check() ==
        "Report: alternatives must satisfy alternatives <= 65536, got 65537");
  // A step would list 2^32 of them: 64 GB.
  CHECK(lk::SamplesOptions{.n = 65536, .report = {.alternatives = 64}}.check().empty());
  CHECK(lk::SamplesOptions{.n = 65536, .report = {.alternatives = 65536}}.check() ==
        "Report: alternatives must satisfy alternatives * rows <= 2^22, got 65536");
}
