// SPDX-License-Identifier: MIT
// presets::huggingface: defaults, the order of generate(), ties, min_keep of beams, what is
// refused. The numbers are compared with Hugging Face's own in golden/processors.cpp.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/presets/huggingface.hpp>

namespace lk = logitkit;
using lk::presets::huggingface;
using reference::Scores;

TEST_CASE("huggingface: the defaults change nothing, but for top_k = 50 when sampling", "[peers]") {
  CHECK(to_string(huggingface()).empty());
  CHECK(to_string(huggingface({.do_sample = true})) == "top_k(k=50, keep_ties=true)");
  CHECK(to_string(huggingface({.do_sample = true, .top_k = 0})).empty());
}

TEST_CASE("huggingface: all that is on stands in the order of generate()") {
  lk::DynamicChain own;
  own.add([](auto&, const lk::Context&) {}, "own");
  CHECK(to_string(huggingface({.do_sample = true,
                               .sequence_bias = {{{1, 2}, 0.5}},
                               .encoder_repetition_penalty = 1.5,
                               .encoder_input_ids = {1, 2, 3},
                               .repetition_penalty = 1.1,
                               .no_repeat_ngram_size = 3,
                               .encoder_no_repeat_ngram_size = 2,
                               .bad_words_ids = {{5}, {2}, {6, 7}},
                               .min_length = 9,
                               .min_new_tokens = 4,
                               .eos_token_id = {2},
                               .forced_bos_token_id = 1,
                               .forced_eos_token_id = {2},
                               .max_length = 30,
                               .exponential_decay_length_penalty = {5, 1.2},
                               .suppress_tokens = {8},
                               .begin_suppress_tokens = {9},
                               .logits_processor = own,
                               .temperature = 0.7,
                               .top_h = 0.5,
                               .top_k = 40,
                               .top_p = 0.9,
                               .min_p = 0.05,
                               .typical_p = 0.95,
                               .epsilon_cutoff = 0.0003,
                               .eta_cutoff = 0.0006,
                               .renormalize_logits = true})) ==
        "sequence_bias > encoder_repetition_penalty(r=1.5, tokens=[1, 2, 3]) > "
        "repetition_penalty(1.1) > no_repeat_ngram(3) > encoder_no_repeat_ngram(2) > "
        "ban_sequences > min_length(n=9, end_tokens=[2]) > min_new_tokens(n=4, end_tokens=[2]) > "
        "force_first(1) > force_last(max_tokens=30, end_tokens=[2]) > "
        "exponential_length_decay(start=5, factor=1.2, end_tokens=[2]) > ban([8]) > "
        "suppress_at_start(tokens=[9], n=1) > own > temperature(0.7) > "
        "top_h(alpha=0.5, hugging_face=true) > top_k(k=40, keep_ties=true) > top_p(0.9) > "
        "min_p(0.05) > typical(p=0.95, keep_ties=true) > epsilon(0.0003) > eta(0.0006) > softmax");
}

TEST_CASE("huggingface: sampled beams keep one token more than there are ends", "[peers]") {
  CHECK(to_string(huggingface({.do_sample = true, .top_k = 1, .top_p = 0.01, .num_beams = 3})) ==
        "top_k(k=2, keep_ties=true) > top_p(p=0.01, min_keep=2)");
  CHECK(to_string(huggingface(
            {.do_sample = true, .eos_token_id = {2, 3}, .top_k = 1, .min_p = 1, .num_beams = 2})) ==
        "top_k(k=3, keep_ties=true) > min_p(min_p=1, min_keep=3)");
  CHECK(to_string(huggingface({.do_sample = true,
                               .top_k = 0,
                               .typical_p = 0.5,
                               .epsilon_cutoff = 0.25,
                               .eta_cutoff = 0.5,
                               .num_beams = 2})) ==
        "typical(p=0.5, min_keep=2, keep_ties=true) > epsilon(epsilon=0.25, min_keep=2) > "
        "eta(epsilon=0.5, min_keep=2)");
}

TEST_CASE("huggingface: all equals of the k-th and of the farthest typical token stay, not of p's",
          "[peers]") {
  const std::vector<float> row{1, 2, 2, 2, 0};
  const auto b = reference::kBanned;
  CHECK(reference::after(huggingface({.do_sample = true, .top_k = 2}), row) ==
        Scores{b, 2, 2, 2, b});
  CHECK(reference::after(huggingface({.do_sample = true, .top_k = 0, .typical_p = 0.3}), row) ==
        Scores{b, 2, 2, 2, b});
  CHECK(reference::after(huggingface({.do_sample = true, .top_k = 0, .top_p = 0.3}), row) ==
        Scores{b, 2, 2, b, b});
  CHECK(reference::after(huggingface({.do_sample = true, .top_k = 0, .top_p = 0}), row) ==
        Scores{b, 2, b, b, b});
}

TEST_CASE("huggingface: an end token is no bad word", "[peers]") {
  const auto chain =
      huggingface({.bad_words_ids = {{0}, {2}, {1}, {3, 2}}, .eos_token_id = {1, 2}});
  CHECK(reference::after(chain, std::vector<float>{3, 2, 1}) == Scores{reference::kBanned, 2, 1});
}

TEST_CASE("huggingface: without end tokens nothing puts the end off") {
  CHECK(to_string(huggingface({.min_length = 9, .min_new_tokens = 3})).empty());
}

TEMPLATE_TEST_CASE("huggingface: what is no number has a status, where theirs can make it one",
                   "[peers]", float, double) {  // remove_invalid_values: banned becomes the lowest
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  const TestType inf = std::numeric_limits<TestType>::infinity();
  const auto chain = huggingface({.suppress_tokens = {0}, .renormalize_logits = true});
  const auto status = [&](const std::vector<TestType>& row) {
    return reference::status_after(chain, row);
  };
  CHECK(status({0, nan, 2}) == lk::Status::not_a_number);
  CHECK(status({0, inf, 2}) == lk::Status::positive_infinity);
  CHECK(status({0, -inf, -inf}) == lk::Status::nothing_left);
  CHECK(reference::after(chain, std::vector<TestType>{0, -inf, 2}) ==
        Scores{reference::kBanned, reference::kBanned, 0});
}

TEST_CASE("huggingface: what has no effect without do_sample is refused", "[peers]") {
  for (const lk::presets::HuggingFace& wrong : {lk::presets::HuggingFace{.temperature = 0.7},
                                                {.top_h = 0.4},
                                                {.top_k = 5},
                                                {.top_p = 0.9},
                                                {.min_p = 0.1},
                                                {.typical_p = 0.9},
                                                {.epsilon_cutoff = 1e-3},
                                                {.eta_cutoff = 1e-3}}) {
    CHECK(wrong.complaints() ==
          std::vector<std::string>{
              "do_sample must be true, or what it samples with stay at its default"});
  }
  CHECK(lk::presets::HuggingFace{.repetition_penalty = 1.2, .renormalize_logits = true}
            .complaints()
            .empty());
}

TEST_CASE("huggingface: what is out of range is refused, all at once") {
  const lk::presets::HuggingFace wrong{.do_sample = true,
                                       .repetition_penalty = 0,
                                       .no_repeat_ngram_size = -1,
                                       .bad_words_ids = {{}},
                                       .temperature = 0,
                                       .top_h = 2,
                                       .top_k = -5,
                                       .top_p = 1.5,
                                       .eta_cutoff = 1,
                                       .num_beams = 0};
  CHECK(wrong.complaints() ==
        std::vector<std::string>{"repetition_penalty: r must satisfy 0 < r < inf, got 0",
                                 "no_repeat_ngram_size: n must satisfy n >= 1, got -1",
                                 "bad_words_ids: each sequence must satisfy length >= 1, got 0",
                                 "num_beams must satisfy num_beams >= 1, got 0",
                                 "temperature must satisfy temperature > 0, got 0",
                                 "top_h: alpha must satisfy 0 < alpha <= 1, got 2",
                                 "top_k: k must satisfy k >= 1, got -5",
                                 "top_p must satisfy 0 <= top_p <= 1, got 1.5",
                                 "eta_cutoff: epsilon must satisfy 0 < epsilon < 1, got 1"});
  reference::refuses([] { static_cast<void>(huggingface({.do_sample = true, .min_p = 2})); },
                     "min_p: min_p must satisfy 0 <= min_p <= 1, got 2");
}
