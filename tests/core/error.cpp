// SPDX-License-Identifier: MIT
// Misuse: one sentence with the field, the rule and the value, thrown as it is.
#include <logitkit/core/error.hpp>

#include "support/catch.hpp"

#include <limits>

namespace lk = logitkit;

TEST_CASE("a sentence of misuse names the place, the field, the rule and the value", "[error]") {
  REQUIRE(lk::misuse("TopP", "p", "0 < p <= 1", 1.5) == "TopP: p must satisfy 0 < p <= 1, got 1.5");
  REQUIRE(lk::misuse("TopK", "k", "k >= 1", 0) == "TopK: k must satisfy k >= 1, got 0");
  REQUIRE(lk::misuse("TopK", "k", "k >= 1", -40) == "TopK: k must satisfy k >= 1, got -40");
  REQUIRE(lk::misuse("A", "b", "c", std::numeric_limits<double>::infinity()) ==
          "A: b must satisfy c, got inf");
  REQUIRE(lk::misuse("A", "b", "c", 1e-30) == "A: b must satisfy c, got 1e-30");
}

TEST_CASE("the value in a sentence is the one that was refused", "[error]") {
  // A token id in full, and a number just above 1 is not "1".
  REQUIRE(lk::misuse("A", "token", "token < 32000", 1234567) ==
          "A: token must satisfy token < 32000, got 1234567");
  REQUIRE(lk::misuse("TopP", "p", "0 < p <= 1", 1 + double(0x1p-23f)) !=
          lk::misuse("TopP", "p", "0 < p <= 1", 1));
  REQUIRE(lk::misuse("TopP", "p", "0 < p <= 1", double(1.1f)) ==
          "TopP: p must satisfy 0 < p <= 1, got 1.1");
}

TEST_CASE("the first token below 0 is refused", "[error]") {
  using Tokens = std::vector<lk::Token>;
  REQUIRE(lk::detail::check_tokens("Ban", "token", Tokens{}).empty());
  REQUIRE(lk::detail::check_tokens("Ban", "token", Tokens{0, 7}).empty());
  REQUIRE(lk::detail::check_tokens("Ban", "token", Tokens{0, -2, -1}) ==
          "Ban: token must satisfy token >= 0, got -2");
}

TEST_CASE("require throws std::invalid_argument with the sentence", "[error]") {
  REQUIRE_NOTHROW(lk::require(""));
  try {
    lk::require("TopP: p must satisfy 0 < p <= 1, got 1.5");
    FAIL("did not throw");
  } catch (const std::invalid_argument& error) {
    REQUIRE(std::string(error.what()) == "TopP: p must satisfy 0 < p <= 1, got 1.5");
  }
}

TEST_CASE("caught returns what was thrown, or null", "[error]") {
  bool ran = false;
  REQUIRE(lk::detail::caught([&] { ran = true; }) == nullptr);
  REQUIRE(ran);
  const std::exception_ptr error = lk::detail::caught([] { throw 42; });
  REQUIRE(error != nullptr);
  REQUIRE_THROWS_AS(std::rethrow_exception(error), int);
}
