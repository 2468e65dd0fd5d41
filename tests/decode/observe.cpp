// SPDX-License-Identifier: MIT
// Streaming: every token that stays, in order, as soon as it is certain, and none that does not.
#include <logitkit/decode/observe.hpp>

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{3, 1, 4};
const lk::GreedyDecoder kGreedy;

test::ScriptedModel script(Tokens tokens) { return {10, kPrompt.size(), std::move(tokens)}; }

/// What the observer heard, and after how many model calls it heard each token.
struct Heard {
  Tokens tokens;
  std::vector<int> when;
};

Heard stream(const Tokens& tokens, const lk::Limits& limits) {
  Heard heard;
  int calls = 0;
  const test::Counting<test::ScriptedModel> model{script(tokens), calls};
  const auto result = kGreedy.decode(model, kPrompt, limits, [&](lk::Token token) {
    heard.tokens.push_back(token);
    heard.when.push_back(calls);
  });
  CHECK(heard.tokens == Tokens(result.text().begin(), result.text().end()));
  return heard;
}

}  // namespace

TEST_CASE("each token is handed out at once, the end token, too") {
  const Heard heard = stream({5, 6, 2}, {.end_tokens = {2}});
  CHECK(heard.tokens == Tokens{5, 6, 2});
  CHECK(heard.when == std::vector<int>{1, 2, 3});
}

TEST_CASE("what may become a stop sequence waits, and goes out when it cannot any more") {
  const lk::Limits limits{.end_tokens = {2}, .stop_sequences = {{6, 7, 8}}};
  Heard heard = stream({5, 6, 7, 9, 6, 6, 7, 2}, limits);
  CHECK(heard.when == std::vector<int>{1, 4, 4, 4, 6, 8, 8, 8});
  heard = stream({5, 6, 7, 8}, limits);
  CHECK(heard.tokens == Tokens{5});
}

TEST_CASE("a limit that cuts a beginning of a stop sequence hands it out") {
  const Heard heard = stream({5, 6, 7}, {.max_new_tokens = 3, .stop_sequences = {{6, 7, 8}}});
  CHECK(heard.when == std::vector<int>{1, 3, 3});
}

TEST_CASE("an observer that returns false ends the run, of beams, too; its token is kept") {
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 1}};
  const lk::Limits limits{.max_new_tokens = 4};
  Tokens heard;
  const auto until_6 = [&](lk::Token token) {
    heard.push_back(token);
    return token != 6;
  };
  const auto check = [&](const lk::Generation& result) {
    CHECK(std::exchange(heard, {}) == Tokens{5, 6});
    CHECK(result.tokens == Tokens{5, 6});
    CHECK(result.reason == lk::StopReason::observer);
  };
  check(kGreedy.decode(script({5, 6, 7, 8}), kPrompt, limits, until_6));
  check(beams.decode(script({5, 6, 7, 8}), kPrompt, limits, until_6).at(0));
}

TEST_CASE("an observer that has said false hears nothing more") {
  Tokens heard;
  const auto first_only = [&](lk::Token token) {
    heard.push_back(token);
    return false;
  };
  const lk::Limits limits{.end_tokens = {2}, .stop_sequences = {{5, 6, 7}}};
  // 5 and 6 are held back and come with the end token, in one go.
  auto result = kGreedy.decode(script({5, 6, 2}), kPrompt, limits, first_only);
  CHECK(heard == Tokens{5});
  CHECK(result.tokens == Tokens{5, 6, 2});

  heard.clear();
  result = kGreedy.decode(script({5, 6, 9, 9, 2}), kPrompt, limits, first_only);
  CHECK(heard == Tokens{5});
  CHECK(result.reason == lk::StopReason::observer);
}

TEST_CASE("when the run ends badly, what was held back is handed out") {
  Tokens heard;
  const auto listen = [&](lk::Token token) { heard.push_back(token); };
  const lk::Limits limits{.stop_sequences = {{6, 7, 8}}};
  const test::ThrowsAt<test::ScriptedModel> model{script({5, 6, 7, 9}), kPrompt.size() + 3};
  const auto result = kGreedy.decode(model, kPrompt, limits, listen);
  CHECK(result.reason == lk::StopReason::model_failed);
  CHECK(heard == Tokens{5, 6, 7});
}

TEST_CASE("an observer's state survives when it is passed by name") {
  struct Count {
    int tokens = 0;
    void operator()(lk::Token) { ++tokens; }
  } count;
  static_cast<void>(kGreedy.decode(script({5, 6, 7}), kPrompt, {.max_new_tokens = 3}, count));
  CHECK(count.tokens == 3);
}

TEST_CASE("beam search hands out the best text, in order, once and completely") {
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    const test::PlainRecurrent<float> model{12, seed};
    for (const auto rule : {lk::EarlyStopping::heuristic, lk::EarlyStopping::when_full}) {
      const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 3, .early_stopping = rule}};
      Tokens heard;
      const auto results = beams.decode(model, kPrompt, {.max_new_tokens = 9, .end_tokens = {2}},
                                        [&](lk::Token token) { heard.push_back(token); });
      CHECK(heard == results[0].tokens);
    }
  }
}

TEST_CASE("beam search hands out a token as soon as all beams agree on it") {
  // Token 1 leads nowhere, so that both beams always continue the one that ends in 0.
  test::TableModel<> table{10, std::vector<float>(100, 0.0f)};
  for (std::size_t row = 0; row < 10; ++row) {
    if (row != 1) table.logits[10 * row] = table.logits[10 * row + 1] = 9;
  }
  int calls = 0;
  std::vector<int> when;
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 2}};
  const auto results =
      beams.decode(test::Counting<test::TableModel<>>{table, calls}, kPrompt, {.max_new_tokens = 4},
                   [&](lk::Token) { when.push_back(calls); });
  CHECK(results[0].tokens == Tokens{0, 0, 0, 0});
  CHECK(when == std::vector<int>{3, 5, 7, 7});  // one row for the prompt, then two a step
}

TEST_CASE("beam search, too, never hands out a stop sequence") {
  const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 1}};
  Tokens heard;
  const auto results = beams.decode(script({5, 6, 7, 5, 5}), kPrompt,
                                    {.max_new_tokens = 5, .stop_sequences = {{6, 7}}},
                                    [&](lk::Token token) { heard.push_back(token); });
  REQUIRE(results[0].stop_size == 2);
  CHECK(heard == Tokens(results[0].text().begin(), results[0].text().end()));
}

TEST_CASE("an observer that returns something other than a bool does not stop the run") {
  int n = 0;
  const auto counting = [&](lk::Token) { return n++; };
  const auto generation =
      lk::GreedyDecoder{}.decode(test::ConstantModel<float>{{0, 1}}, std::vector<lk::Token>{1},
                                 {.max_new_tokens = 4}, counting);
  CHECK(generation.tokens.size() == 4);
  CHECK(n == 4);
}
