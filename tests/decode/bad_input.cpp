// SPDX-License-Identifier: MIT
// Bad input: every case has a defined outcome, and nothing that was already generated is lost.
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/ban.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;
using test::Spoil;

namespace {

const Tokens kPrompt{3, 1, 4};
const lk::GreedyDecoder kGreedy;
const lk::RandomDecoder kRandom{lk::Chain{}, {.seed = 8}};
const lk::BeamSearchDecoder kBeams{lk::Chain{}, {.beams = 3}};
const test::PlainRecurrent<float> kModel{12, 1};

struct Case {
  Spoil spoil;
  lk::Status status;
};
const Case kCases[] = {{Spoil::not_a_number, lk::Status::not_a_number},
                       {Spoil::positive_infinity, lk::Status::positive_infinity},
                       {Spoil::all_banned, lk::Status::nothing_left},
                       {Spoil::too_short, lk::Status::wrong_length},
                       {Spoil::too_long, lk::Status::wrong_length},
                       {Spoil::empty, lk::Status::wrong_length}};

void check_kept(const lk::Generation& result, const Tokens& all, std::size_t kept) {
  CHECK(result.tokens == Tokens(all.begin(), all.begin() + std::ptrdiff_t(kept)));
}

/// Decodes with a row spoilt after n tokens: the first n are kept and the reason is told.
template <class Decoder>
void check_spoilt_sequence(const Decoder& decoder) {
  const lk::Limits limits{.max_new_tokens = 8, .vocabulary = 12};
  const Tokens all = decoder.decode(kModel, kPrompt, limits).tokens;
  for (const auto& [spoil, status] : kCases) {
    for (const std::size_t n : {0u, 1u, 5u}) {
      INFO(lk::to_string(status) << " at step " << n);
      const test::SpoiltAt<test::PlainRecurrent<float>> model{kModel, 3 + n, spoil};
      const auto result = decoder.decode(model, kPrompt, limits);
      CHECK(result.reason == lk::StopReason::bad_row);
      CHECK(result.status == status);
      check_kept(result, all, n);
    }
  }
}

/// What a search of three beams has that ends after n tokens: those alive.
void check_cut_short(const std::vector<lk::Generation>& results, std::size_t n,
                     lk::StopReason reason, lk::Status status) {
  REQUIRE(results.size() == (n == 0 ? 1 : 3));
  for (const auto& result : results) {
    CHECK(result.reason == reason);
    CHECK(result.status == status);
    CHECK(result.tokens.size() == n);
    CHECK((n == 0 ? result.score == 0 : result.score < 0));
  }
}

}  // namespace

TEST_CASE("a bad row at any step ends the run with the tokens made so far") {
  check_spoilt_sequence(kGreedy);
  check_spoilt_sequence(kRandom);
}

TEST_CASE("beams: a bad row at any step ends the search with the live beams") {
  const lk::Limits limits{.max_new_tokens = 8, .vocabulary = 12};
  for (const auto& [spoil, status] : kCases) {
    for (const std::size_t n : {0u, 1u, 5u}) {
      INFO(lk::to_string(status) << " at step " << n);
      const test::SpoiltAt<test::PlainRecurrent<float>> model{kModel, 3 + n, spoil};
      check_cut_short(kBeams.decode(model, kPrompt, limits), n, lk::StopReason::bad_row, status);
    }
  }
}

TEST_CASE("rows whose length changes are refused, though no vocabulary was given") {
  const auto result = kGreedy.decode(test::Stretching{}, kPrompt, {.max_new_tokens = 8});
  CHECK(result.status == lk::Status::wrong_length);
  CHECK(result.tokens.size() == 2);

  for (const auto& each : kBeams.decode(test::Stretching{}, kPrompt, {.max_new_tokens = 8})) {
    CHECK(each.reason == lk::StopReason::bad_row);
    CHECK(each.status == lk::Status::wrong_length);
    CHECK(each.tokens.size() == 2);
  }
}

TEST_CASE("a processor's bad scores at any step end the run alike") {
  const auto ban_all_later = [](auto& candidates, const lk::Context& context) {
    if (context.generated().size() == 2) candidates.keep_top(0);
  };
  const auto result =
      lk::GreedyDecoder{lk::Chain{ban_all_later}}.decode(kModel, kPrompt, {.max_new_tokens = 8});
  CHECK(result.tokens.size() == 2);
  CHECK(result.status == lk::Status::nothing_left);
  const lk::BeamSearchDecoder beams{lk::Chain{ban_all_later, lk::Ban{{5}}}, {.beams = 2}};
  for (const auto& each : beams.decode(kModel, kPrompt, {.max_new_tokens = 8})) {
    CHECK(each.reason == lk::StopReason::bad_row);
    CHECK(each.status == lk::Status::nothing_left);
    CHECK(each.tokens.size() == 2);
  }
  // The same for whatever else a processor can do to one score.
  const auto check = [&](const auto& processor, lk::Status status) {
    CHECK(lk::GreedyDecoder{processor}.decode(kModel, kPrompt, {}).status == status);
    const auto results = lk::BeamSearchDecoder{processor}.decode(kModel, kPrompt, {});
    REQUIRE(results.size() == 1);
    CHECK(results[0].reason == lk::StopReason::bad_row);
    CHECK(results[0].status == status);
  };
  const float inf = std::numeric_limits<float>::infinity();
  check(lk::Ban{{12}}, lk::Status::token_out_of_range);
  check([=](auto& c, const lk::Context&) { c.set(1, inf - inf); }, lk::Status::not_a_number);
  check([=](auto& c, const lk::Context&) { c.set(1, inf); }, lk::Status::positive_infinity);
}

TEST_CASE("a model that throws ends the run with the tokens made so far and what it threw") {
  const lk::Limits limits{.max_new_tokens = 8};
  const auto check = [&](const auto& decoder) {
    const Tokens all = decoder.decode(kModel, kPrompt, limits).tokens;
    for (const std::size_t n : {0u, 1u, 6u}) {
      const test::ThrowsAt<test::PlainRecurrent<float>> model{kModel, 3 + n};
      const auto result = decoder.decode(model, kPrompt, limits);
      CHECK(result.reason == lk::StopReason::model_failed);
      CHECK(result.status == lk::Status::ok);
      check_kept(result, all, n);
      REQUIRE(result.error);
      CHECK_THROWS_WITH(std::rethrow_exception(result.error), "the engine is out of memory");
    }
  };
  check(kGreedy);
  check(kRandom);
}

TEST_CASE("a model that throws in a beam search: the live beams are returned with the error") {
  for (const std::size_t n : {0u, 1u, 6u}) {
    const test::ThrowsAt<test::PlainRecurrent<float>> model{kModel, 3 + n};
    const auto results = kBeams.decode(model, kPrompt, {.max_new_tokens = 8});
    check_cut_short(results, n, lk::StopReason::model_failed, lk::Status::ok);
    for (const auto& result : results) {
      REQUIRE(result.error);
      CHECK_THROWS_WITH(std::rethrow_exception(result.error), "the engine is out of memory");
    }
  }
}

TEST_CASE("what observers, predicates and processors throw passes through") {
  const lk::Limits limits{.max_new_tokens = 4};
  const auto observer = [](lk::Token) { throw std::runtime_error("the observer"); };
  CHECK_THROWS_WITH(kGreedy.decode(kModel, kPrompt, limits, observer), "the observer");
  const lk::BeamSearchDecoder one{lk::Chain{}, {.beams = 1}};
  CHECK_THROWS_WITH(one.decode(kModel, kPrompt, limits, observer), "the observer");

  const lk::Limits throwing{
      .stop_when = [](const lk::Context&) -> bool { throw std::runtime_error("the predicate"); }};
  CHECK_THROWS_WITH(kGreedy.decode(kModel, kPrompt, throwing), "the predicate");
  CHECK_THROWS_WITH(kBeams.decode(kModel, kPrompt, throwing), "the predicate");

  const auto processor = [](auto&, const lk::Context&) {
    throw std::runtime_error("the processor");
  };
  CHECK_THROWS_WITH(lk::GreedyDecoder{processor}.decode(kModel, kPrompt, limits), "the processor");
  CHECK_THROWS_WITH(lk::BeamSearchDecoder{processor}.decode(kModel, kPrompt, limits),
                    "the processor");
}

TEST_CASE("a prompt that cannot be is refused with a sentence, by every decoder") {
  const auto check = [](const Tokens& prompt, const lk::Limits& limits, const char* expected) {
    CHECK_THROWS_WITH(kGreedy.decode(kModel, prompt, limits), expected);
    CHECK_THROWS_WITH(kRandom.start(prompt, limits), expected);
    CHECK_THROWS_WITH(kBeams.decode(kModel, prompt, limits), expected);
    CHECK(limits.check_prompt(prompt) == expected);
  };
  check({}, {}, "prompt: its length must satisfy length >= 1, got 0");
  check({1, -1}, {}, "prompt: each token must satisfy 0 <= token, got -1");
  check({1, 12}, {.vocabulary = 12},
        "prompt: each token must satisfy 0 <= token < vocabulary, got 12");
}

TEST_CASE("limits that cannot be are refused with a sentence, by every decoder") {
  const auto check = [](const lk::Limits& limits, const char* expected) {
    CHECK_THROWS_WITH(kGreedy.decode(kModel, kPrompt, limits), expected);
    CHECK_THROWS_WITH(kBeams.start(kPrompt, limits), expected);
    CHECK(limits.check() == expected);
  };
  check({.max_new_tokens = 0}, "Limits: max_new_tokens must satisfy max_new_tokens >= 1, got 0");
  check({.end_tokens = {20}, .vocabulary = 20},
        "Limits: end_tokens must satisfy 0 <= token < vocabulary, got 20");
}

TEST_CASE("a prompt that already has max_tokens: no tokens, no model call, and the reason") {
  int calls = 0;
  const test::Counting<test::PlainRecurrent<float>> model{kModel, calls};
  for (const std::size_t max_tokens : {1u, 3u}) {
    const auto result = kGreedy.decode(model, kPrompt, {.max_tokens = max_tokens});
    CHECK(result.tokens.empty());
    CHECK(result.reason == lk::StopReason::max_tokens);
    const auto results = kBeams.decode(model, kPrompt, {.max_tokens = max_tokens});
    REQUIRE(results.size() == 1);
    CHECK(results[0].tokens.empty());
    CHECK(results[0].reason == lk::StopReason::max_tokens);
  }
  CHECK(calls == 0);
}

TEST_CASE("one beam whose tokens are all banned dies; the others go on") {
  const float inf = std::numeric_limits<float>::infinity();
  const auto model = [&](std::span<const lk::Token> tokens) {
    if (tokens.back() == 0) return std::vector<float>(4, -inf);  // nothing follows token 0
    return std::vector<float>{3, 2, 1, 0};
  };
  const auto results = kBeams.decode(model, kPrompt, {.max_new_tokens = 5});
  REQUIRE(results.size() == 3);
  for (const auto& result : results) {
    CHECK(result.reason == lk::StopReason::max_new_tokens);
    CHECK(std::find(result.tokens.begin(), result.tokens.end() - 1, 0) == result.tokens.end() - 1);
  }
}

TEST_CASE("all beams die after others have finished: the finished ones are the results") {
  const float inf = std::numeric_limits<float>::infinity();
  const auto model = [&](std::span<const lk::Token> tokens) {
    if (tokens.size() > 3) return std::vector<float>(4, -inf);
    return std::vector<float>{3, 2, 1, 0};
  };
  const auto results = kBeams.decode(model, kPrompt, {.end_tokens = {1}});
  REQUIRE(results.size() == 1);
  CHECK(results[0].tokens == Tokens{1});
  CHECK(results[0].reason == lk::StopReason::end_token);
}
