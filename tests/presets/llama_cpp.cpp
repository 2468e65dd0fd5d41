// SPDX-License-Identifier: MIT
// presets::llama_cpp: the default chain, its order, its values for "off", its penalty window.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/presets/llama_cpp.hpp>

namespace lk = logitkit;
using lk::presets::llama_cpp;
using reference::Scores;

TEST_CASE("llama_cpp: the default chain") {
  CHECK(to_string(llama_cpp()) == "top_k(40) > top_p(0.95) > min_p(0.05) > temperature(0.8)");
}

TEST_CASE("llama_cpp: all that is on stands in the default order, temperature last") {
  CHECK(to_string(llama_cpp({.logit_bias = {{5, 1}},
                             .repeat_penalty = 1.1,
                             .frequency_penalty = 0.2,
                             .presence_penalty = 0.3,
                             .dry_multiplier = 0.8,
                             .dry_sequence_breakers = {{13}},
                             .top_n_sigma = 1.5,
                             .typical_p = 0.9,
                             .xtc_probability = 0.5,
                             .min_keep = 2})) ==
        "logit_bias([5: 1]) > repetition_penalty(r=1.1, last=64) > "
        "frequency_penalty(a=0.2, last=64, skip_prompt=0) > "
        "presence_penalty(a=0.3, last=64, skip_prompt=0) > "
        "dry(multiplier=0.8, base=1.75, allowed_length=2, last=64, breakers=[[13]]) > "
        "top_n_sigma(1.5) > top_k(40) > typical(p=0.9, min_keep=2) > top_p(p=0.95, min_keep=2) > "
        "min_p(min_p=0.05, min_keep=2) > xtc(q=0.5, threshold=0.1, min_keep=2) > temperature(0.8)");
  CHECK(to_string(llama_cpp({.top_k = 0, .top_p = 1, .min_p = 0, .dynatemp_range = 0.3})) ==
        "dynamic_temperature(min=0.5, max=1.1, exponent=1)");
}

TEST_CASE("llama_cpp: mirostat stands for all but biases and temperature, adaptive_p comes last") {
  CHECK(to_string(llama_cpp({.logit_bias = {{5, 1}}, .repeat_penalty = 1.1, .mirostat = 2})) ==
        "logit_bias([5: 1]) > temperature(0.8) > mirostat(tau=5, eta=0.1, llama_cpp=true)");
  CHECK(to_string(llama_cpp({.temperature = 1, .mirostat = 1, .mirostat_tau = 3})) ==
        "mirostat(tau=3, eta=0.1, version=1, llama_cpp=true)");
  CHECK(to_string(llama_cpp({.adaptive_target = 0.3})) ==
        "top_k(40) > top_p(0.95) > min_p(0.05) > temperature(0.8) > "
        "adaptive_p(target=0.3, decay=0.9)");
  CHECK(lk::presets::LlamaCpp{.mirostat = 3}.complaints() ==
        std::vector<std::string>{"mirostat must satisfy mirostat = 0, 1 or 2, got 3"});
}

TEST_CASE("llama_cpp: its values for off are off") {
  CHECK(to_string(llama_cpp({.repeat_last_n = 0,
                             .repeat_penalty = 1.1,
                             .dry_multiplier = 0.8,
                             .dry_penalty_last_n = -1,
                             .top_n_sigma = 0,
                             .top_k = -1,
                             .typical_p = 1.5,
                             .top_p = 1,
                             .min_p = -1,
                             .xtc_probability = 1,
                             .xtc_threshold = 0.6,
                             .temperature = 1})) == "");
}

TEST_CASE("llama_cpp: truncations see the distribution before the temperature", "[peers]") {
  std::vector<double> row;
  for (const double p : {0.4, 0.3, 0.2, 0.1}) row.push_back(std::log(p));
  const auto kept = [&](double temperature) {
    return reference::count_kept(
        reference::after(llama_cpp({.top_p = 0.69, .temperature = temperature}), row));
  };
  CHECK(kept(0.1) == 2);
  CHECK(kept(5) == 2);
  CHECK(kept(0) == 1);
  CHECK(kept(-1) == 1);
  CHECK(reference::count_kept(reference::after(llama_cpp({.top_p = 0}), row)) == 1);
  CHECK(reference::count_kept(reference::after(llama_cpp({.top_p = 0, .min_keep = 3}), row)) == 3);
}

TEST_CASE("llama_cpp: penalties count the last tokens, the prompt's too") {
  auto chain = llama_cpp({.repeat_last_n = 2,
                          .frequency_penalty = 1,
                          .top_k = 0,
                          .top_p = 1,
                          .min_p = 0,
                          .temperature = 1});
  chain.start(std::vector<lk::Token>{0, 1});
  CHECK(reference::after(chain, std::vector<float>{5, 5, 5}) == Scores{4, 4, 5});
  chain.accept(1);
  CHECK(reference::after(chain, std::vector<float>{5, 5, 5}) == Scores{5, 3, 5});
}

TEST_CASE("llama_cpp: xtc has the coins of its seed") {
  const auto coins = [](std::uint64_t seed) {
    const auto chain = llama_cpp({.top_k = 0,
                                  .top_p = 1,
                                  .min_p = 0,
                                  .xtc_probability = 0.5,
                                  .xtc_threshold = 0.3,
                                  .seed = seed});
    std::vector<bool> happens;
    for (std::size_t position = 0; position < 64; ++position) {
      const std::vector<lk::Token> tokens(position, 1);
      const Scores left = reference::after(chain, std::vector<float>{1, 1, 0}, {tokens, 0});
      happens.push_back(left[0] == reference::kBanned);
    }
    return happens;
  };
  CHECK(coins(3) == coins(3));
  CHECK(coins(3) != coins(4));
}

TEST_CASE("llama_cpp: what is out of range is refused, all at once") {
  const lk::presets::LlamaCpp wrong{.repeat_penalty = 0,
                                    .dry_multiplier = 0.8,
                                    .dry_base = 0.5,
                                    .dry_allowed_length = 0,
                                    .top_p = -0.5,
                                    .min_p = 1.05,
                                    .xtc_probability = 2,
                                    .dynatemp_range = 0.5,
                                    .dynatemp_exponent = -1,
                                    .min_keep = -1};
  CHECK(wrong.complaints() ==
        std::vector<std::string>{"repeat_penalty: r must satisfy 0 < r < inf, got 0",
                                 "dry_allowed_length must satisfy dry_allowed_length >= 1, got 0",
                                 "dry: base must satisfy 1 <= base < inf, got 0.5",
                                 "min_keep must satisfy min_keep >= 0, got -1",
                                 "top_p: p must satisfy 0 < p <= 1, got -0.5",
                                 "min_p: min_p must satisfy 0 <= min_p <= 1, got 1.05",
                                 "xtc: q must satisfy 0 <= q <= 1, got 2",
                                 "dynatemp: exponent must satisfy 0 <= exponent < inf, got -1"});
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(lk::presets::LlamaCpp{.mirostat = -1}.complaints().empty());
  CHECK_FALSE(lk::presets::LlamaCpp{.top_p = nan}.complaints().empty());
  CHECK_FALSE(lk::presets::LlamaCpp{.min_p = nan}.complaints().empty());
  CHECK_FALSE(lk::presets::LlamaCpp{.top_n_sigma = nan}.complaints().empty());
  CHECK_FALSE(lk::presets::LlamaCpp{.temperature = nan}.complaints().empty());
}
