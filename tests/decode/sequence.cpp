// SPDX-License-Identifier: MIT
// decode: a loop over a session, for every kind of model, row and limit.
#include <logitkit/decode/sequence.hpp>

#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/adaptive_p.hpp>
#include <logitkit/process/mirostat.hpp>
#include <logitkit/process/temperature.hpp>

#include "support/catch.hpp"
#include "support/executors.hpp"
#include "support/models.hpp"

#include <array>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{3, 1, 4};
const lk::GreedyDecoder kGreedy;

/// Decodes a script after kPrompt.
lk::Generation run(Tokens script, const lk::Limits& limits) {
  return kGreedy.decode(test::ScriptedModel{10, kPrompt.size(), std::move(script)}, kPrompt,
                        limits);
}

std::vector<float> free_function(std::span<const lk::Token> tokens) {
  return test::PlainRecurrent<float>{}(tokens);
}

}  // namespace

TEST_CASE("an end token ends the sequence and is kept") {
  const auto result = run({5, 6, 2, 7}, {.end_tokens = {8, 2}});
  CHECK(result.tokens == Tokens{5, 6, 2});
  CHECK(result.reason == lk::StopReason::end_token);
  CHECK(result.stop_size == 0);
  CHECK(result.status == lk::Status::ok);
  CHECK(result.error == nullptr);
}

TEST_CASE("counts of new and of all tokens end the sequence, whichever is first") {
  const Tokens script(20, 5);
  auto result = run(script, {.max_new_tokens = 4});
  CHECK(result.tokens.size() == 4);
  CHECK(result.reason == lk::StopReason::max_new_tokens);
  result = run(script, {.max_new_tokens = 4, .max_tokens = 5});
  CHECK(result.tokens.size() == 2);
  CHECK(result.reason == lk::StopReason::max_tokens);
  result = run(script, {.max_new_tokens = 4, .max_tokens = 7});
  CHECK(result.tokens.size() == 4);
  CHECK(result.reason == lk::StopReason::max_new_tokens);
}

TEST_CASE("a stop sequence ends the sequence, is kept, and is counted out by a field") {
  const auto result = run({5, 6, 7, 8}, {.stop_sequences = {{6, 7}}});
  CHECK(result.tokens == Tokens{5, 6, 7});
  CHECK(result.reason == lk::StopReason::stop_sequence);
  CHECK(result.stop_size == 2);
  CHECK(Tokens(result.text().begin(), result.text().end()) == Tokens{5});
}

TEST_CASE("a predicate is asked after each token, with all of them") {
  std::vector<std::size_t> lengths;
  const auto result = run(Tokens(20, 5), {.stop_when = [&](const lk::Context& context) {
                            lengths.push_back(context.tokens.size());
                            CHECK(context.prompt_size == 3);
                            return context.generated().size() == 4;
                          }});
  CHECK(lengths == std::vector<std::size_t>{4, 5, 6, 7});
  CHECK(result.tokens.size() == 4);
  CHECK(result.reason == lk::StopReason::predicate);
}

TEST_CASE("every kind of callable is a model") {
  const lk::Limits limits{.max_new_tokens = 6};
  const Tokens expected = kGreedy.decode(test::PlainRecurrent<float>{}, kPrompt, limits).tokens;
  CHECK(kGreedy.decode(free_function, kPrompt, limits).tokens == expected);
  CHECK(kGreedy.decode(&free_function, kPrompt, limits).tokens == expected);
  std::function<std::vector<float>(std::span<const lk::Token>)> function = free_function;
  CHECK(kGreedy.decode(function, kPrompt, limits).tokens == expected);
  int calls = 0;
  auto with_state = [calls, &expected](std::span<const lk::Token> tokens) mutable {
    CHECK(++calls <= int(expected.size()));
    return free_function(tokens);
  };
  CHECK(kGreedy.decode(with_state, kPrompt, limits).tokens == expected);
  CHECK(kGreedy.decode(test::Counting<test::PlainRecurrent<float>>{{}, calls}, kPrompt, limits)
            .tokens == expected);
  CHECK(calls == 6);
}

TEST_CASE("every kind of row is read, by value or by reference") {
  const lk::Limits limits{.max_new_tokens = 3};
  std::vector<float> memory{1, 2, 9, 4};
  const auto tokens = [&](auto&& model) { return kGreedy.decode(model, kPrompt, limits).tokens; };
  const Tokens expected{2, 2, 2};
  using In = std::span<const lk::Token>;
  CHECK(tokens([&](In) { return memory; }) == expected);
  CHECK(tokens([&](In) -> const std::vector<float>& { return memory; }) == expected);
  CHECK(tokens([&](In) -> std::vector<float>& { return memory; }) == expected);
  CHECK(tokens([&](In) -> const std::vector<float> { return memory; }) == expected);
  CHECK(tokens([&](In) { return std::span(memory); }) == expected);
  CHECK(tokens([&](In) { return std::span<const float, 4>(memory); }) == expected);
  CHECK(tokens([&](In) { return std::array<double, 4>{1, 2, 9, 4}; }) == expected);
  CHECK(tokens([&](In) -> Eigen::VectorXf { return Eigen::Vector4f{1, 2, 9, 4}; }) == expected);
  CHECK(tokens([&](In) { return Eigen::RowVector4d{1, 2, 9, 4}; }) == expected);
  CHECK(tokens([&](In) { return Eigen::Map<const Eigen::VectorXf>(memory.data(), 4); }) ==
        expected);
  const Eigen::VectorXf vector = Eigen::Map<const Eigen::VectorXf>(memory.data(), 4);
  CHECK(tokens([&](In) -> Eigen::Ref<const Eigen::VectorXf> { return vector; }) == expected);
  Eigen::MatrixXf columns(4, 2);  // V x rows
  columns.col(1) = vector;
  CHECK(tokens([&](In) { return columns.col(1); }) == expected);
  const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows =
      columns.transpose();
  CHECK(tokens([&](In) { return rows.row(1); }) == expected);
}

TEST_CASE("a model with a cache gives what the plain one does, row by row") {
  const lk::Limits limits{.max_new_tokens = 40, .end_tokens = {2}};
  const lk::RandomDecoder random{lk::Chain{lk::Temperature{2.0f}}, {.seed = 9}};
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    const test::PlainRecurrent<float> plain{30, seed};
    test::CachedRecurrent<float> cached{30, seed};
    const auto expected = random.decode(plain, kPrompt, limits);
    const auto result = random.decode(cached, kPrompt, limits);
    CHECK(result.tokens == expected.tokens);
    CHECK(result.reason == expected.reason);
    CHECK(cached.prefills == 1);
    CHECK(cached.steps == int(result.tokens.size()) - 1);
    CHECK(cached.reorders == 0);
    CHECK(kGreedy.decode(cached, kPrompt, limits).tokens ==
          kGreedy.decode(plain, kPrompt, limits).tokens);
  }
}

TEST_CASE(
    "log-probabilities, ranks and alternatives have one entry a token, and the score is their "
    "sum") {
  const lk::RandomDecoder random{
      lk::Chain{lk::Temperature{1.5f}},
      {.seed = 4, .report = {.model = true, .choice = true, .alternatives = 3, .rank = true}}};
  const auto result =
      random.decode(test::PlainRecurrent<double>{9, 2}, kPrompt, {.max_new_tokens = 7});
  REQUIRE(result.tokens.size() == 7);
  REQUIRE(result.model_log_probabilities.size() == 7);
  CHECK(result.choice_log_probabilities.size() == 7);
  REQUIRE(result.alternatives.size() == 21);
  REQUIRE(result.ranks.size() == 7);
  double sum = 0;
  for (std::size_t i = 0; i < 7; ++i) {
    sum += result.model_log_probabilities[i];
    CHECK(result.alternatives[3 * i].log_probability >= result.model_log_probabilities[i]);
    for (std::size_t j = 0; j < 3; ++j) {
      const auto& each = result.alternatives[3 * i + j];
      CHECK((each.token == result.tokens[i]) == (result.ranks[i] == j + 1));
      if (each.token != result.tokens[i]) continue;
      CHECK(each.log_probability == Catch::Approx(result.model_log_probabilities[i]));
    }
  }
  CHECK(result.score == Catch::Approx(sum).epsilon(1e-12));
}

TEST_CASE("a chain that learns from rows is copied for each call to next, whatever the thread") {
  // Each thread has rows of its own: what one has observed must be nothing to another.
  const lk::RandomDecoder random{lk::Chain{lk::Mirostat{3.0f, 0.5f}, lk::AdaptiveP{0.2f}},
                                 {.seed = 79}};
  const auto picks = [&](std::uint64_t seed) {
    const test::PlainRecurrent<float> model{200, seed};
    lk::Workspace workspace;
    Tokens tokens = kPrompt;
    for (int i = 0; i < 40; ++i) {
      const lk::Context context{tokens, kPrompt.size()};
      const auto row = model(tokens);
      const lk::Token token = random.next(row, context, workspace).token;
      if (random.next(row, context, workspace).token != token) return Tokens{};
      tokens.push_back(token);
    }
    return tokens;
  };
  std::array<Tokens, 4> results;
  const auto one = [&](std::size_t i) { results[i] = picks(i); };
  test::threads(results.size(), lk::Task(one));
  for (std::size_t i = 0; i < results.size(); ++i) {
    CHECK(!results[i].empty());
    CHECK(results[i] == picks(i));
  }
}

TEST_CASE("a model may return a Ref that owns its logits, or a reference to an rvalue") {
  const Eigen::VectorXf row = Eigen::VectorXf::LinSpaced(5, 0, 2);
  const auto owning = [&](std::span<const lk::Token>) -> Eigen::Ref<const Eigen::VectorXf> {
    return row * 2;
  };
  Eigen::VectorXf buffer = row;
  const auto rvalue = [&](std::span<const lk::Token>) -> Eigen::VectorXf&& {
    return std::move(buffer);
  };
  for (int i = 0; i < 2; ++i) {
    CHECK(kGreedy.decode(owning, kPrompt, {.max_new_tokens = 2}).tokens == Tokens{4, 4});
    CHECK(kGreedy.decode(rvalue, kPrompt, {.max_new_tokens = 2}).tokens == Tokens{4, 4});
  }
}

TEST_CASE("a row of one is a row, however it lies; a matrix of several is not, in any decoder") {
  const auto lying = [](std::span<const lk::Token>) -> Eigen::MatrixXf {
    return Eigen::RowVectorXf::LinSpaced(5, 0, 2);
  };
  CHECK(kGreedy.decode(lying, kPrompt, {.max_new_tokens = 1}).tokens == Tokens{4});
  const auto several = [](std::span<const lk::Token>) -> Eigen::MatrixXf {
    return Eigen::MatrixXf::Ones(3, 2);
  };
  CHECK(kGreedy.decode(several, kPrompt, {}).status == lk::Status::wrong_length);
}
