// SPDX-License-Identifier: MIT
// Request: the documented order, options beside the chain, all complaints at once.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/presets/request.hpp>

namespace lk = logitkit;

TEST_CASE("a request's chain has one order, whatever the order of its parameters") {
  const lk::Parameters parameters{{"min_p", 0.05},
                                  {"top_p", 0.95},
                                  {"renormalize_logits", true},
                                  {"top_k", 40},
                                  {"temperature", 0.8},
                                  {"allowed_token_ids", lk::Value::Tokens{1, 2}},
                                  {"min_new_tokens", 1},
                                  {"eos_token_id", 2},
                                  {"suppress_tokens", lk::Value::Tokens{3}},
                                  {"presence_penalty", 0.3},
                                  {"frequency_penalty", 0.2},
                                  {"repetition_penalty", 1.1},
                                  {"logit_bias", lk::Value::Biases{{5, 1}}}};
  CHECK(to_string(lk::Request(parameters).chain) ==
        "logit_bias([5: 1]) > repetition_penalty(1.1) > frequency_penalty(0.2) > "
        "presence_penalty(0.3) > min_new_tokens(n=1, end_tokens=[2]) > allow_only([1, 2]) > "
        "ban([3]) > temperature(0.8) > top_k(40) > top_p(0.95) > min_p(0.05) > softmax");
}

TEST_CASE("seed and limits go to the decoder") {
  const lk::Request request({{"seed", 42}, {"max_tokens", 7}, {"eos_token_id", 2}});
  CHECK(request.random.seed == 42);
  CHECK(request.limits.max_new_tokens == 7);
  CHECK(request.limits.end_tokens == std::vector<lk::Token>{2});
  CHECK(request.chain.size() == 0);
  const auto coins = [](int seed) {  // those of xtc
    const lk::Request tossing({{"xtc_probability", 0.5}, {"seed", seed}});
    std::vector<bool> kept;
    for (std::size_t position = 0; position < 64; ++position) {
      const std::vector<lk::Token> tokens(position, 1);
      const auto left = reference::after(tossing.chain, std::vector<float>{1, 1}, {tokens, 0});
      kept.push_back(left[0] != reference::kBanned);
    }
    return kept;
  };
  CHECK(coins(3) == coins(3));
  CHECK(coins(3) != coins(4));
  const lk::Request empty{{}};
  CHECK(empty.random.seed == lk::RandomOptions().seed);
  CHECK(empty.limits.max_new_tokens == lk::Limits().max_new_tokens);
}

TEST_CASE("all complaints come at once, each by name") {
  const lk::Parameters parameters{{"temperature", -1}, {"top_k", 0.5}, {"top_q", 1},
                                  {"top_p", 1.5},      {"seed", -1},   {"min_tokens", 3},
                                  {"max_tokens", 0}};
  CHECK(lk::Request::complaints(parameters) ==
        std::vector<std::string>{
            "min_new_tokens needs eos_token_id",
            "max_new_tokens must satisfy max_new_tokens >= 1, got 0",
            "temperature: T must satisfy T = 0 or 1e-30 <= T < inf, got -1",
            "top_k must be a whole number, got 0.5", "top_p: p must satisfy 0 < p <= 1, got 1.5",
            "seed must satisfy 0 <= seed < 2^63, got -1", "unknown parameter 'top_q'"});
  CHECK(lk::Request::complaints({{"eos_token_id", lk::Value::Tokens{-2}}}) ==
        std::vector<std::string>{"eos_token_id must satisfy token >= 0, got -2"});
  CHECK(lk::Request::complaints({{"temperature", 0.7}}).empty());
}

TEST_CASE("a request that is wrong is refused with all that is wrong") {
  reference::refuses([] { lk::Request({{"top_p", 0}, {"x", 1}}); },
                     "top_p: p must satisfy 0 < p <= 1, got 0; unknown parameter 'x'");
}

TEMPLATE_TEST_CASE("a request's chain keeps the status of a bad row", "", float, double) {
  reference::keeps_bad_rows<TestType>(
      lk::Request({{"temperature", 0.7}, {"top_k", 5}, {"top_p", 0.5}, {"min_p", 0.1}}).chain);
}
