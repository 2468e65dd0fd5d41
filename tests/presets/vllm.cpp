// SPDX-License-Identifier: MIT
// presets::vllm: defaults, the order of the V1 sampler, its clamps and ranges.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/presets/vllm.hpp>

namespace lk = logitkit;
using lk::presets::vllm;
using reference::Scores;

TEST_CASE("vllm: the defaults change nothing, and all that is on stands in the order of V1") {
  CHECK(to_string(vllm()).empty());
  CHECK(to_string(vllm({.allowed_token_ids = {1, 2},
                        .bad_words = {{3, 4}},
                        .min_tokens = 3,
                        .stop_token_ids = {2},
                        .logit_bias = {{5, 1.5}},
                        .repetition_penalty = 1.1,
                        .frequency_penalty = 0.2,
                        .presence_penalty = 0.3,
                        .temperature = 0.7,
                        .min_p = 0.05,
                        .top_k = 20,
                        .top_p = 0.9})) ==
        "allow_only([1, 2]) > ban_sequences > min_new_tokens(n=3, end_tokens=[2]) > "
        "logit_bias([5: 1.5]) > repetition_penalty(1.1) > frequency_penalty(0.2) > "
        "presence_penalty(0.3) > temperature(0.7) > min_p(0.05) > top_k(k=20, keep_ties=true) > "
        "top_p(0.9)");
  CHECK(to_string(vllm({.top_k = -1})).empty());
}

TEST_CASE("vllm: a temperature below 1e-5 is greedy, one below 0.01 is 0.01") {
  CHECK(to_string(vllm({.temperature = 0})) == "temperature(0)");
  CHECK(to_string(vllm({.temperature = 9e-6})) == "temperature(0)");
  CHECK(to_string(vllm({.temperature = 1e-5})) == "temperature(0.01)");
  const std::vector<float> row{1, 3, 3, 2};
  const auto b = reference::kBanned;
  CHECK(reference::after(vllm({.temperature = 0, .min_p = 0.1, .top_k = 3, .top_p = 0.2}), row) ==
        Scores{b, 3, b, b});
}

TEST_CASE("vllm: biases are clamped, and added before the repetition penalty scales", "[peers]") {
  CHECK(to_string(vllm({.logit_bias = {{5, 1000}, {6, -1000}}})) ==
        "logit_bias([5: 100, 6: -100])");
  auto chain = vllm({.logit_bias = {{0, 3}}, .repetition_penalty = 2});
  chain.start(std::vector<lk::Token>{0});
  CHECK(reference::after(chain, std::vector<double>{-1, 0}) == Scores{1, 0});
}

TEST_CASE("vllm: min_p looks at the whole distribution, top_k and top_p at what it left") {
  std::vector<double> row;
  for (const double p : {0.4, 0.3, 0.2, 0.1}) row.push_back(std::log(p));
  CHECK(reference::count_kept(reference::after(vllm({.min_p = 0.45}), row)) == 3);
  CHECK(reference::count_kept(reference::after(vllm({.min_p = 0.45, .top_p = 0.75}), row)) == 2);
  CHECK(reference::count_kept(reference::after(vllm({.top_p = 0.75}), row)) == 3);
}

TEST_CASE("vllm: a bad word may begin in the prompt, where theirs may not", "[peers]") {
  auto chain = vllm({.bad_words = {{3, 1}}});
  chain.start(std::vector<lk::Token>{2, 3});
  CHECK(reference::after(chain, std::vector<float>{1, 2, 3, 4}) ==
        Scores{1, reference::kBanned, 3, 4});
}

TEST_CASE("vllm: all equals of the k-th stay", "[peers]") {
  const auto b = reference::kBanned;
  CHECK(reference::after(vllm({.top_k = 2}), std::vector<float>{1, 2, 2, 2, 0}) ==
        Scores{b, 2, 2, 2, b});
}

TEST_CASE("vllm: what SamplingParams refuses is refused, all at once") {
  const lk::presets::Vllm wrong{.min_tokens = -1,
                                .repetition_penalty = 0,
                                .frequency_penalty = 3,
                                .presence_penalty = -3,
                                .temperature = 2.5,
                                .min_p = 2,
                                .top_k = -2,
                                .top_p = 0};
  CHECK(wrong.complaints() ==
        std::vector<std::string>{
            "min_tokens: n must satisfy n >= 0, got -1",
            "repetition_penalty: r must satisfy 0 < r < inf, got 0",
            "frequency_penalty must satisfy -2 <= frequency_penalty <= 2, got 3",
            "presence_penalty must satisfy -2 <= presence_penalty <= 2, got -3",
            "temperature must satisfy 0 <= temperature <= 2, got 2.5",
            "min_p: min_p must satisfy 0 <= min_p <= 1, got 2",
            "top_k: k must satisfy k >= 1, got -2", "top_p: p must satisfy 0 < p <= 1, got 0"});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(lk::presets::Vllm{.temperature = nan}.complaints().empty());
  CHECK_FALSE(lk::presets::Vllm{.logit_bias = {{1, nan}}}.complaints().empty());
}
