// SPDX-License-Identifier: MIT
// Limits: check() says the first thing that is wrong, in one sentence, and nothing when all is
// well.
#include <logitkit/core/limits.hpp>

#include "support/catch.hpp"

namespace lk = logitkit;

TEST_CASE("the default limits are good", "[limits]") {
  REQUIRE(lk::Limits{}.check().empty());
  REQUIRE(lk::Limits{.max_new_tokens = 1, .end_tokens = {2, 0}, .stop_sequences = {{1}, {1, 2}}}
              .check()
              .empty());
}

TEST_CASE("counts of zero are refused", "[limits]") {
  REQUIRE(lk::Limits{.max_new_tokens = 0}.check() ==
          "Limits: max_new_tokens must satisfy max_new_tokens >= 1, got 0");
  REQUIRE(lk::Limits{.max_tokens = 0}.check() ==
          "Limits: max_tokens must satisfy max_tokens >= 1, got 0");
}

TEST_CASE("tokens that cannot be are refused", "[limits]") {
  REQUIRE(lk::Limits{.end_tokens = {2, -1}}.check() ==
          "Limits: end_tokens must satisfy 0 <= token, got -1");
  REQUIRE(lk::Limits{.end_tokens = {2, 10}, .vocabulary = 10}.check() ==
          "Limits: end_tokens must satisfy 0 <= token < vocabulary, got 10");
  REQUIRE(lk::Limits{.end_tokens = {9}, .vocabulary = 10}.check().empty());
  REQUIRE(lk::Limits{.stop_sequences = {{1}, {}}}.check() ==
          "Limits: each of stop_sequences must satisfy length >= 1, got 0");
  REQUIRE(lk::Limits{.stop_sequences = {{1}, {2, -7}}}.check() ==
          "Limits: stop_sequences must satisfy 0 <= token, got -7");
  REQUIRE(lk::Limits{.stop_sequences = {{1, 11}}, .vocabulary = 10}.check() ==
          "Limits: stop_sequences must satisfy 0 <= token < vocabulary, got 11");
}

TEST_CASE("a prompt must have tokens, all of the vocabulary", "[limits]") {
  const lk::Limits limits, small{.vocabulary = 10};
  const std::vector<lk::Token> good{0, 9}, negative{0, -1}, large{0, 10};
  REQUIRE(limits.check_prompt(good).empty());
  REQUIRE(small.check_prompt(good).empty());
  REQUIRE(limits.check_prompt(large).empty());
  REQUIRE(limits.check_prompt({}) == "prompt: its length must satisfy length >= 1, got 0");
  REQUIRE(limits.check_prompt(negative) == "prompt: each token must satisfy 0 <= token, got -1");
  REQUIRE(small.check_prompt(large) ==
          "prompt: each token must satisfy 0 <= token < vocabulary, got 10");
}

TEST_CASE("a token is allowed as far as the vocabulary is known", "[limits]") {
  const lk::Limits unknown, ten{.vocabulary = 10};
  REQUIRE(unknown.in_vocabulary(0));
  REQUIRE(unknown.in_vocabulary(2147483647));
  REQUIRE_FALSE(unknown.in_vocabulary(-1));
  REQUIRE(ten.in_vocabulary(9));
  REQUIRE_FALSE(ten.in_vocabulary(10));
  REQUIRE_FALSE(ten.in_vocabulary(-1));
}

TEST_CASE("so many tokens may be generated as both limits allow", "[limits]") {
  const lk::Limits limits{.max_new_tokens = 5, .max_tokens = 8};
  REQUIRE(limits.most_new_tokens(1) == 5);
  REQUIRE(limits.most_new_tokens(3) == 5);
  REQUIRE(limits.most_new_tokens(4) == 4);
  REQUIRE(limits.most_new_tokens(8) == 0);
  REQUIRE(limits.most_new_tokens(9) == 0);
  REQUIRE(lk::Limits{.max_new_tokens = 5}.most_new_tokens(1000000) == 5);
}

TEST_CASE("room is made for what may come, but not for ever", "[limits]") {
  REQUIRE(lk::detail::reserved_tokens({.max_new_tokens = 5}, 1) == 5);
  REQUIRE(lk::detail::reserved_tokens({.max_new_tokens = 1000000}, 1) == 4096);
  REQUIRE(lk::detail::reserved_tokens({.max_new_tokens = 1000000}, 64) == 4096);
  REQUIRE(lk::detail::reserved_tokens({.max_new_tokens = 1000000}, 65536) == 4);
}
