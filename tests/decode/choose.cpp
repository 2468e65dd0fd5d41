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

TEST_CASE("a bad row is a status, and no token is chosen") {
  lk::Workspace workspace;
  const lk::GreedyDecoder greedy;
  const lk::RandomDecoder random;
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  const auto check = [&](std::vector<float> row, lk::Status status) {
    INFO(lk::to_string(status));
    for (const lk::Pick& pick :
         {greedy.next(row, kContext, workspace), random.next(row, kContext, workspace)}) {
      CHECK(pick.status == status);
      CHECK(pick.token == lk::kNoToken);
    }
  };
  check({1, nan, 2}, lk::Status::not_a_number);
  check({1, -nan, 2}, lk::Status::not_a_number);
  check({1, inf, 2}, lk::Status::positive_infinity);
  check({inf, nan, 2}, lk::Status::not_a_number);
  check({-inf, -inf}, lk::Status::nothing_left);
  check({}, lk::Status::wrong_length);
}

TEST_CASE("a processor that spoils the candidates is a status, too") {
  const std::vector<float> row{1, 2, 3};
  lk::Workspace workspace;
  const auto status = [&](const auto& processor) {
    const lk::Pick pick = lk::GreedyDecoder{processor}.next(row, kContext, workspace);
    CHECK(pick.token == lk::kNoToken);
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
