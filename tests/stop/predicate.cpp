// SPDX-License-Identifier: MIT
// Predicate: asks the user's function once, with the whole context.
#include "support/catch.hpp"

#include <logitkit/stop/predicate.hpp>

#include <stdexcept>
#include <vector>

namespace lk = logitkit;

TEST_CASE("Predicate is met when the function says so, and asks it once") {
  const std::vector<lk::Token> tokens{4, 5, 6};
  int asked = 0;
  const std::function<bool(const lk::Context&)> long_enough = [&](const lk::Context& context) {
    ++asked;
    return context.generated().size() >= 2;
  };
  CHECK(lk::Predicate{long_enough}(lk::Context{tokens, 1}) == lk::StopReason::predicate);
  CHECK(asked == 1);
  CHECK(lk::Predicate{long_enough}(lk::Context{tokens, 2}) == lk::StopReason::none);
  CHECK(asked == 2);
}

TEST_CASE("Predicate sees all tokens and how many of them are the prompt") {
  const std::vector<lk::Token> tokens{4, 5, 6};
  const std::function<bool(const lk::Context&)> look = [](const lk::Context& context) {
    return context.tokens.size() == 3 && context.prompt_size == 1 && context.tokens[2] == 6;
  };
  CHECK(lk::Predicate{look}(lk::Context{tokens, 1}) == lk::StopReason::predicate);
}

TEST_CASE("Predicate without a function is never met; what a function throws passes through") {
  const std::function<bool(const lk::Context&)> none;
  CHECK(lk::Predicate{none}(lk::Context{}) == lk::StopReason::none);
  const std::function<bool(const lk::Context&)> throws = [](const lk::Context&) -> bool {
    throw std::runtime_error("cancelled");
  };
  CHECK_THROWS_AS(static_cast<void>(lk::Predicate{throws}(lk::Context{})), std::runtime_error);
}
