// SPDX-License-Identifier: MIT
// One choice from one row: statuses, both log-probabilities and alternatives.
#include <logitkit/decode/choose.hpp>

#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"
#include "support/weight_error.hpp"

#include <cmath>

namespace lk = logitkit;
using Catch::Approx;

namespace {

const std::vector<lk::Token> kPrompt{3, 1, 4};
const lk::Context kContext{kPrompt, 3};

template <class Scalar>
std::vector<Scalar> some_row(std::size_t size, std::uint64_t seed = 7) {
  std::vector<Scalar> row(size);
  test::write_logits(seed, size, row.data());
  return row;
}

/// ln softmax(row / temperature)[token] over the tokens for which kept(token), the slow way.
template <class Row, class Kept>
long double log_probability(const Row& row, std::size_t token, long double temperature,
                            const Kept& kept) {
  long double sum = 0;
  for (std::size_t v = 0; v < row.size(); ++v) {
    if (kept(v)) sum += std::exp((static_cast<double>(row[v]) - double(row[token])) / temperature);
  }
  return -std::log(sum);
}

const auto kAll = [](std::size_t) { return true; };

template <class Scalar>
void check_log_probabilities(long double tolerance) {
  const auto row = some_row<Scalar>(200);
  const auto last = [](std::uint64_t) { return 0.999; };  // draws the last token that is likely
  const lk::RandomDecoder random{lk::Chain{lk::Temperature{0.5}, lk::TopK{5}}, last,
                                 lk::Report{.model = true, .choice = true}};
  std::vector<std::size_t> best(row.size());
  for (std::size_t v = 0; v < best.size(); ++v) best[v] = v;
  std::stable_sort(best.begin(), best.end(), [&](auto a, auto b) { return row[a] > row[b]; });
  const auto kept = [&](std::size_t v) {
    return std::find(best.begin(), best.begin() + 5, v) != best.begin() + 5;
  };
  lk::Workspace workspace;
  const lk::Pick pick = random.next(row, kContext, workspace);
  REQUIRE(pick.status == lk::Status::ok);
  const auto token = static_cast<std::size_t>(pick.token);
  REQUIRE(kept(token));
  REQUIRE(token != best[0]);
  CHECK(std::abs(pick.model_log_probability - log_probability(row, token, 1, kAll)) < tolerance);
  CHECK(std::abs(pick.choice_log_probability - log_probability(row, token, 0.5L, kept)) <
        tolerance);
}

/// Bans as many of the first tokens as it has heard of.
struct Counter {
  lk::Token heard = 0;
  void start(std::span<const lk::Token> prompt) { heard += lk::Token(prompt.size()); }
  void accept(lk::Token) { ++heard; }
  void operator()(auto& candidates, const lk::Context&) const {
    for (lk::Token token = 0; token < heard; ++token) candidates.ban(token);
  }
};

}  // namespace

TEST_CASE("log-probabilities are those of the model and of the choice, for every kind of row") {
  check_log_probabilities<float>(1e-6L);
  check_log_probabilities<double>(1e-12L);
  check_log_probabilities<Eigen::half>(1e-6L);
  check_log_probabilities<Eigen::bfloat16>(1e-6L);
}

TEST_CASE(
    "a choice's log-probability keeps its digits where a low temperature makes scores large") {
  const auto row = some_row<float>(200);
  const lk::GreedyDecoder greedy{lk::Chain{lk::Temperature{0.003f}}, {.report = {.choice = true}}};
  lk::Workspace workspace;
  const lk::Pick pick = greedy.next(row, kContext, workspace);
  CHECK(pick.choice_log_probability <= 0);
  const auto token = static_cast<std::size_t>(pick.token);
  const long double expected = log_probability(row, token, (long double)(0.003f), kAll);
  CHECK(double(pick.choice_log_probability) ==
        Approx(double(expected)).margin(test::kWeightError<float>));
}

TEST_CASE("nothing is computed that was not asked for") {
  const auto row = some_row<float>(20);
  lk::Workspace workspace;
  const lk::Pick pick = lk::GreedyDecoder().next(row, kContext, workspace);
  CHECK(lk::math::is_nan(pick.model_log_probability));
  CHECK(lk::math::is_nan(pick.choice_log_probability));
  CHECK(pick.rank == 0);
  CHECK(pick.alternatives.empty());
}

TEST_CASE("alternatives are the model's best, best first, whatever the chain bans") {
  const std::vector<float> row{1, 4, 2, 4, 3};
  const lk::GreedyDecoder greedy{lk::Chain{lk::Ban{{1, 3}}},
                                 {.report = {.model = true, .alternatives = 3}}};
  lk::Workspace workspace;
  const lk::Pick pick = greedy.next(row, kContext, workspace);
  CHECK(pick.token == 4);
  REQUIRE(pick.alternatives.size() == 3);
  CHECK(pick.alternatives[0].token == 1);  // a tie: the lower token first
  CHECK(pick.alternatives[1].token == 3);
  CHECK(pick.alternatives[2].token == 4);
  CHECK(pick.alternatives[0].log_probability ==
        Approx(double(log_probability(row, 1, 1, kAll))).margin(2 * test::kWeightError<float>));
  CHECK(pick.alternatives[2].log_probability ==
        Approx(pick.model_log_probability).margin(2 * test::kWeightError<float>));
}

TEST_CASE("alternatives of the choice are what the chain has left, best first, renormalised") {
  const std::vector<float> row{1, 4, 2, 4, 3};
  const auto last = [](std::uint64_t) { return 0.999; };
  const lk::RandomDecoder random{
      lk::Chain{lk::Ban{{1}}, lk::Temperature{0.5}, lk::TopK{3}}, last,
      lk::Report{.model = true, .choice = true, .alternatives = 4, .of = lk::Distribution::choice}};
  const auto kept = [](std::size_t v) { return v >= 2; };
  lk::Workspace workspace;
  const lk::Pick pick = random.next(row, kContext, workspace);
  CHECK(pick.token == 4);
  REQUIRE(pick.alternatives.size() == 4);
  const lk::Token expected[] = {3, 4, 2};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(pick.alternatives[i].token == expected[i]);
    const auto token = static_cast<std::size_t>(expected[i]);
    CHECK(pick.alternatives[i].log_probability ==
          Approx(double(log_probability(row, token, 0.5L, kept))).margin(2e-7));
  }
  CHECK(pick.alternatives[1].log_probability == pick.choice_log_probability);
  CHECK(pick.alternatives[3].token == lk::kNoToken);  // three are left
  CHECK(pick.model_log_probability ==
        Approx(double(log_probability(row, 4, 1, kAll))).margin(2e-7));
}

TEST_CASE("a token among the model's alternatives has the same log-probability, to the bit") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto row = some_row<float>(300, seed);
    const lk::RandomDecoder random{
        lk::Chain{lk::Temperature{1.3}, lk::TopK{20}},
        {.seed = seed, .report = {.model = true, .alternatives = 20, .rank = true}}};
    lk::Workspace workspace;
    const lk::Pick pick = random.next(row, kContext, workspace);
    REQUIRE(pick.rank >= 1);
    REQUIRE(pick.rank <= 20);
    CHECK(pick.alternatives[pick.rank - 1].token == pick.token);  // no ties in this row
    CHECK(pick.alternatives[pick.rank - 1].log_probability == pick.model_log_probability);
  }
}

TEMPLATE_TEST_CASE("a rank is 1 + the number of larger values, of the row or of what is left", "",
                   float, double, Eigen::half, Eigen::bfloat16) {
  using S = TestType;
  const auto rank = [](const auto& row, auto&& chain, lk::Distribution of) {
    lk::Workspace workspace;
    const lk::GreedyDecoder greedy{chain, {.report = {.rank = true, .of = of}}};
    const lk::Pick pick = greedy.next(row, kContext, workspace);
    CHECK(lk::math::is_nan(pick.model_log_probability));
    CHECK(pick.alternatives.empty());
    return pick.rank;
  };
  const auto model = lk::Distribution::model, choice = lk::Distribution::choice;
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<S> row{S(1.f), S(4.f), S(2.f), S(4.f), S(-inf), S(3.f), S(2.f)};
  CHECK(rank(row, lk::Chain{}, model) == 1);
  CHECK(rank(row, lk::Ban{{1}}, model) == 1);  // 3, and equals share a rank
  CHECK(rank(row, lk::Ban{{1}}, choice) == 1);
  CHECK(rank(row, lk::Ban{{1, 3, 5}}, model) == 4);  // 2
  CHECK(rank(row, lk::Ban{{1, 3, 5}}, choice) == 1);
  CHECK(rank(row, lk::LogitBias{{{0, 9.0f}}}, model) == 6);
  CHECK(rank(row, lk::Chain{lk::LogitBias{{{0, 9.0f}}}, lk::TopK{1}}, choice) == 1);

  auto long_row = some_row<S>(5000);
  for (std::size_t v = 0; v < 5000; v += 7) long_row[v] = long_row[v / 2];  // ties
  const auto only = [](lk::Token token) {
    return [=](auto& c, const lk::Context&) {
      c.keep_if([=](lk::Token t, double) { return t == token; });
    };
  };
  for (std::size_t token = 0; token < 5000; token += 613) {
    std::size_t larger = 0;
    for (const S value : long_row) larger += double(value) > double(long_row[token]);
    CHECK(rank(long_row, only(static_cast<lk::Token>(token)), model) == larger + 1);
  }
}

TEST_CASE("a rank of the choice is drawn from what is left") {
  const std::vector<float> row{3, 2, 1, 0};
  lk::Workspace workspace;
  for (const auto& [u, rank] : {std::pair{0.0, 1u}, {0.8, 2u}, {0.999, 3u}}) {
    const lk::RandomDecoder random{lk::TopK{3}, [u = u](std::uint64_t) { return u; },
                                   lk::Report{.rank = true, .of = lk::Distribution::choice}};
    CHECK(random.next(row, kContext, workspace).rank == rank);
  }
}

TEST_CASE("a row that is bad for a report of the model is refused, whatever the chain bans") {
  const float inf = std::numeric_limits<float>::infinity();
  const std::vector<float> row{1, inf, 2};
  lk::Workspace workspace;
  const auto status = [&](lk::Report report) {
    return lk::GreedyDecoder{lk::Ban{{1}}, {.report = report}}
        .next(row, kContext, workspace)
        .status;
  };
  CHECK(status({}) == lk::Status::ok);
  CHECK(status({.rank = true, .of = lk::Distribution::choice}) == lk::Status::ok);
  CHECK(status({.rank = true}) == lk::Status::positive_infinity);
  CHECK(status({.model = true}) == lk::Status::positive_infinity);
  CHECK(status({.alternatives = 1}) == lk::Status::positive_infinity);
}

TEST_CASE("a processor that spoils the candidates is a status, too") {
  const std::vector<float> row{1, 2, 3};
  lk::Workspace workspace;
  const auto status = [&](const auto& processor) {
    const lk::GreedyDecoder greedy{processor, {.report = {.alternatives = 2}}};
    const lk::Pick pick = greedy.next(row, kContext, workspace);
    CHECK(pick.token == lk::kNoToken);
    CHECK(pick.alternatives.empty());
    CHECK(workspace.alternatives().empty());
    return pick.status;
  };
  const float inf = std::numeric_limits<float>::infinity();
  CHECK(status(lk::Ban{{0, 1, 2}}) == lk::Status::nothing_left);
  CHECK(status(lk::Ban{{3}}) == lk::Status::token_out_of_range);
  CHECK(status(lk::LogitBias{{{7, 1.0f}}}) == lk::Status::token_out_of_range);
  CHECK(status([=](auto& c, const lk::Context&) { c.set(1, inf - inf); }) ==
        lk::Status::not_a_number);
  CHECK(status([=](auto& c, const lk::Context&) { c.set(1, inf); }) ==
        lk::Status::positive_infinity);
  CHECK(status([](auto& c, const lk::Context&) { c.keep_top(0); }) == lk::Status::nothing_left);
}

TEST_CASE("one-shot next brings a stateful chain up to the context") {
  const std::vector<float> row{9, 8, 7, 6, 5, 4};
  const std::vector<lk::Token> tokens{5, 5, 1, 1};
  lk::Workspace workspace;
  const lk::GreedyDecoder greedy{lk::Chain{Counter{}}};
  CHECK(greedy.next(row, {tokens, 2}, workspace).token == 4);
  CHECK(greedy.next(row, {std::span(tokens).first(2), 2}, workspace).token == 2);
}
