// SPDX-License-Identifier: MIT
// BeamSession: rows in, tokens and parents out; every shape of rows, ties, deaths and ends.
#include <logitkit/decode/beam_session.hpp>

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/process/frequency_penalty.hpp>

#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;
using Parents = std::vector<std::size_t>;

namespace {

const Tokens kPrompt{2, 1, 0};

Tokens tokens_of(const lk::BeamStep& step) { return {step.tokens.begin(), step.tokens.end()}; }
Parents parents_of(const lk::BeamStep& step) { return {step.parents.begin(), step.parents.end()}; }
auto start(std::size_t beams, const lk::Limits& limits = {}) {
  return lk::BeamSearchDecoder{lk::Chain{}, {.beams = beams}}.start(kPrompt, limits);
}

/// Throws at the n-th token that any copy of it accepts.
struct Unreliable {
  int* countdown;
  void operator()(auto&, const lk::Context&) const {}
  void accept(lk::Token) {
    if (--*countdown == 0) throw std::runtime_error("the processor");
  }
};

/// Steps a session through a model; `shape` turns V x rows into what the engine hands over.
template <class Shape>
std::vector<lk::Generation> drive(const Shape& shape) {
  const lk::BeamSearchDecoder beams{lk::Chain{lk::FrequencyPenalty{0.5f}}, {.beams = 3}};
  auto session = beams.start(kPrompt, {.max_new_tokens = 10, .end_tokens = {2}});
  test::CachedRecurrent<float> model{12, 3};
  lk::Workspace workspace;
  auto step = session.step(shape(model.prefill(kPrompt)), workspace);
  while (!session.done()) {
    REQUIRE(session.live() == step.tokens.size());
    for (std::size_t r = 0; r < session.live(); ++r) {
      CHECK(session.context(r).tokens.back() == step.tokens[r]);
      if (r > 0) CHECK(session.sum(r) <= session.sum(r - 1));
    }
    if (!step.identity) model.reorder(step.parents);
    step = session.step(shape(model.step(step.tokens)), workspace);
  }
  CHECK(step.tokens.empty());
  CHECK(session.live() == 0);
  return session.results();
}

}  // namespace

TEST_CASE("a session that the engine drives gives what decode does, for every shape of rows") {
  const lk::BeamSearchDecoder beams{lk::Chain{lk::FrequencyPenalty{0.5f}}, {.beams = 3}};
  const auto expected = beams.decode(test::PlainRecurrent<float>{12, 3}, kPrompt,
                                     {.max_new_tokens = 10, .end_tokens = {2}});
  const auto check = [&](const auto& shape) {
    const auto results = drive(shape);
    REQUIRE(results.size() == expected.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      CHECK(results[i].tokens == expected[i].tokens);
      CHECK(results[i].score == Catch::Approx(expected[i].score).epsilon(1e-6));
      CHECK(results[i].reason == expected[i].reason);
    }
  };
  check([](const Eigen::MatrixXf& m) -> const Eigen::MatrixXf& { return m; });
  check([](const Eigen::MatrixXf& m) { return std::vector(m.data(), m.data() + m.size()); });
  check([](const Eigen::MatrixXf& m) {
    return Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>(m.transpose());
  });
  std::vector<float> memory;
  check([&](const Eigen::MatrixXf& m) {  // a padded vocabulary
    memory.assign(std::size_t(m.cols()) * 16, 99.0f);
    for (Eigen::Index r = 0; r < m.cols(); ++r) {
      std::copy_n(m.col(r).data(), 12, memory.data() + r * 16);
    }
    return lk::Rows<float>{memory.data(), std::size_t(m.cols()), 12, 16};
  });
  check([](const Eigen::MatrixXf& m) -> Eigen::MatrixXd { return m.cast<double>().eval(); });
}

TEST_CASE("equal sums: the lower token, then the lower beam") {
  auto session = start(3);
  lk::Workspace workspace;
  auto step = session.step(std::vector<float>(6), workspace);
  CHECK(tokens_of(step) == Tokens{0, 1, 2});
  CHECK(parents_of(step) == Parents{0, 0, 0});
  CHECK_FALSE(step.identity);
  step = session.step(std::vector<float>(18), workspace);
  CHECK(tokens_of(step) == Tokens{0, 0, 0});
  CHECK(parents_of(step) == Parents{0, 1, 2});
  CHECK(step.identity);
}

TEST_CASE("identity means that nothing moves: not a shuffle, not a drop, not the first fork") {
  lk::Workspace workspace;
  auto single = start(1);
  CHECK(single.step(std::vector<float>{1, 2}, workspace).identity);

  auto session = start(2);
  CHECK_FALSE(session.step(std::vector<float>{2, 1, 0}, workspace).identity);
  // Beam 1 becomes certain, beam 0 uncertain: they change places.
  auto step = session.step(std::vector<float>{0, 0, 0, 90, 0, 0}, workspace);
  CHECK(parents_of(step) == Parents{1, 0});
  CHECK_FALSE(step.identity);

  const float inf = std::numeric_limits<float>::infinity();
  step = session.step(std::vector<float>{0, -inf, -inf, -inf, -inf, -inf}, workspace);
  CHECK(parents_of(step) == Parents{0});
  CHECK_FALSE(step.identity);  // the second row is gone
  CHECK(session.live() == 1);
  step = session.step(std::vector<float>{0, -inf, -inf}, workspace);
  CHECK(step.identity);
}

TEST_CASE("a live beam that only equals the worst finished hypothesis cannot win any more") {
  // All three tokens are as likely; the first ends. Then one live beam ends, and one goes on.
  constexpr float inf = std::numeric_limits<float>::infinity();
  lk::Workspace workspace;
  for (const float doubt : {0.0f, 1.0f}) {
    const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 2, .length_penalty = 0}};
    auto session = beams.start(kPrompt, {.end_tokens = {0}});
    session.step(std::vector<float>{0, 0, 0}, workspace);
    REQUIRE(session.live() == 2);
    session.step(std::vector<float>{2, -inf, doubt == 0 ? -inf : 1, -inf, 0, -inf}, workspace);
    CHECK(session.done() == (doubt == 0));  // else what has ended is less likely than the live one
  }
}

TEST_CASE("fewer candidates than beams: as many beams as there are") {
  auto session = start(10, {.max_new_tokens = 3});
  lk::Workspace workspace;
  CHECK(session.step(std::vector<float>(3), workspace).tokens.size() == 3);
  CHECK(session.step(std::vector<float>(9), workspace).tokens.size() == 9);
  session.step(std::vector<float>(27), workspace);
  CHECK(session.done());
  CHECK(session.results().size() == 10);
}

TEST_CASE("all beams end at once: the search is over, however many hypotheses it wants") {
  lk::Workspace workspace;
  for (const bool legacy : {false, true}) {
    const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 4, .patience = 3, .legacy = legacy}};
    auto session = beams.start(kPrompt, {.end_tokens = {0, 1}});
    CHECK(session.step(std::vector<float>{1, 2}, workspace).tokens.empty());
    CHECK(session.done());
    CHECK_FALSE(session.interrupted());
    const auto results = session.results();
    REQUIRE(results.size() == 2);
    CHECK(results[0].tokens == Tokens{1});
    CHECK(results[1].tokens == Tokens{0});
    for (const auto& each : results) CHECK(each.reason == lk::StopReason::end_token);
  }
}

TEST_CASE("a vocabulary of one") {
  auto session = start(4, {.max_new_tokens = 2});
  lk::Workspace workspace;
  session.step(std::vector<float>{7}, workspace);
  session.step(std::vector<float>{7}, workspace);
  REQUIRE(session.results().size() == 1);
  CHECK(session.results()[0].tokens == Tokens{0, 0});
  CHECK(session.results()[0].score == 0);
}

TEST_CASE("rows that do not fit end the search, and the live beams are its results") {
  lk::Workspace workspace;
  const auto check = [&](const auto& rows) {
    auto session = start(2, {.vocabulary = 3});
    session.step(std::vector<float>{2, 1, 0}, workspace);
    const auto step = session.step(rows, workspace);
    CHECK(step.tokens.empty());
    CHECK(session.done());
    REQUIRE(session.results().size() == 2);
    CHECK(session.results()[0].tokens == Tokens{0});
    CHECK(session.results()[1].tokens == Tokens{1});
    for (const auto& result : session.results()) {
      CHECK(result.reason == lk::StopReason::bad_row);
      CHECK(result.status == lk::Status::wrong_length);
    }
  };
  check(std::vector<float>());
  check(std::vector<float>(3));
  check(std::vector<float>(8));
  check(Eigen::MatrixXf(Eigen::MatrixXf::Zero(2, 3)));
  check(Eigen::MatrixXf(Eigen::MatrixXf::Zero(3, 3)));
}

TEST_CASE("after the end a step changes nothing") {
  auto session = start(2, {.max_new_tokens = 1});
  lk::Workspace workspace;
  session.step(std::vector<float>{2, 1, 0}, workspace);
  REQUIRE(session.done());
  const auto before = session.results();
  CHECK(session.step(std::vector<float>{2, 1, 0}, workspace).tokens.empty());
  session.stop(lk::StopReason::observer);
  test::check_equal(session.results(), before);
  CHECK(before.at(0).reason == lk::StopReason::max_new_tokens);
}

TEST_CASE("an engine may stop a search: finished and live hypotheses are ranked together") {
  auto session = start(2, {.end_tokens = {2}});
  lk::Workspace workspace;
  session.step(std::vector<float>{2, 1, 3}, workspace);  // the end token is best
  REQUIRE_FALSE(session.done());
  REQUIRE(session.finished().size() == 1);
  session.stop(lk::StopReason::observer, lk::Status::nothing_left);
  CHECK(session.interrupted());
  const auto results = session.results();
  REQUIRE(results.size() == 3);
  for (const auto& each : results) CHECK(each.status == lk::Status::nothing_left);
  CHECK(results[0].reason == lk::StopReason::end_token);
  CHECK(results[1].tokens == Tokens{0});
  CHECK(results[1].reason == lk::StopReason::observer);
  CHECK(results[2].tokens == Tokens{1});
}

TEST_CASE("a session may take another's place, a new one that of one under way, and back") {
  const std::vector<float> prompt_row{0, 1, 2, 3}, rows{3, 2, 1, 0, 0, 5, 1, 2, 4, 4, 1, 0};
  lk::Workspace workspace;
  const lk::BeamSearchDecoder beams{lk::Chain{lk::FrequencyPenalty{0.5f}}, {.beams = 3}};
  const auto fresh = beams.start(kPrompt, {});
  auto session = fresh;
  session.step(prompt_row, workspace);
  const auto under_way = session;
  const Tokens expected = tokens_of(session.step(rows, workspace));
  REQUIRE(expected.size() == 3);
  session = fresh;
  CHECK(tokens_of(session.step(prompt_row, workspace)) == Tokens{3, 2, 1});
  CHECK(tokens_of(session.step(rows, workspace)) == expected);
  session = under_way;
  CHECK(tokens_of(session.step(rows, workspace)) == expected);
}

TEST_CASE("a step in which the user's code throws may be repeated") {
  int calls = 0, throw_at = -1;
  const auto chain = [&](auto&, const lk::Context&) {
    if (++calls == throw_at) throw std::runtime_error("the processor");
  };
  const lk::BeamSearchDecoder beams{chain, {.beams = 2, .report = {.alternatives = 2}}};
  const std::vector<float> first{3, 2, 1, 0}, second{0, 1, 2, 3, 3, 2, 1, 0};
  const auto run = [&](int when) {
    calls = 0, throw_at = when;
    auto session = beams.start(kPrompt, {.max_new_tokens = 2});
    lk::Workspace workspace;
    const auto step = [&](const std::vector<float>& rows) {
      try {
        session.step(rows, workspace);
      } catch (const std::runtime_error&) {
        session.step(rows, workspace);
      }
    };
    step(first), step(second);
    return session.results();
  };
  const auto expected = run(-1);
  REQUIRE(expected.size() == 2);
  for (const int when : {1, 2, 3}) {
    test::check_equal(run(when), expected);
  }
}

TEST_CASE("equals of a token that rounding has pushed down stay below what is more probable") {
  // Scores one ulp apart, under a sum that cannot show it: 5, then 1 and 2, which are equal.
  lk::Workspace workspace;
  auto session = lk::BeamSearchDecoder{lk::Chain{}, {.beams = 3}}.start(std::vector<lk::Token>{0},
                                                                        {.max_new_tokens = 99});
  session.step(std::vector<double>(8, 0), workspace);
  for (int step = 0; step < 9; ++step) {  // to sums of about -20, whose ulp is 4e-15
    session.step(std::vector<double>(8 * session.live(), 0), workspace);
  }
  std::vector<double> rows(8 * session.live(), -8);
  for (const std::size_t token : {1u, 2u}) rows[token] = 1;
  rows[5] = std::nextafter(1.0, 2.0);
  const lk::BeamStep next = session.step(rows, workspace);
  REQUIRE(next.tokens.size() == 3);
  CHECK(next.tokens[0] == 5);
  CHECK(next.tokens[1] == 1);
  CHECK(next.tokens[2] == 2);
  CHECK(session.sum(0) > session.sum(1));
  CHECK(session.sum(1) == session.sum(2));
}

TEST_CASE("where an accept throws the search is over; a stop then tells every hypothesis why") {
  int countdown = 9;
  const lk::BeamSearchDecoder beams{Unreliable{&countdown}, {.beams = 2, .patience = 4}};
  auto thrown = beams.start(kPrompt, {.max_new_tokens = 9, .end_tokens = {3}});
  lk::Workspace workspace;
  const auto run = [&] {
    while (!thrown.done()) {
      std::vector<float> rows;
      for (std::size_t r = 0; r < thrown.live(); ++r) rows.insert(rows.end(), {0, 1, 2, 3});
      thrown.step(rows, workspace);
    }
  };
  CHECK_THROWS(run());
  CHECK(thrown.done());
  CHECK(thrown.step(std::vector<float>(8), workspace).tokens.empty());
  REQUIRE(thrown.finished().size() > 2);
  CHECK(thrown.results().size() == 2);
  thrown.stop(lk::StopReason::processor_failed, lk::Status::ok, std::make_exception_ptr(1));
  CHECK(thrown.interrupted());
  CHECK(thrown.results().size() == thrown.finished().size());
  for (const auto& each : thrown.results()) CHECK(each.error != nullptr);
  thrown.stop(lk::StopReason::observer, lk::Status::wrong_length);  // it is over
  for (const auto& each : thrown.results()) CHECK(each.error != nullptr);
}
