// SPDX-License-Identifier: MIT
// BestOfNDecoder: n runs of RandomDecoder, ranked; the same for any n.
#include <logitkit/decode/best_of_n.hpp>

#include <logitkit/decode/random.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/temperature.hpp>

#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"

#include <cmath>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

const Tokens kPrompt{3, 1, 4};
const lk::Limits kLimits{.max_new_tokens = 12, .end_tokens = {0}, .stop_sequences = {{5, 6}}};
const lk::Chain kChain{lk::FrequencyPenalty{0.4f}, lk::Temperature{1.5f}};

}  // namespace

TEST_CASE("sequence i is what RandomDecoder draws from stream + i, whatever n") {
  const test::PlainRecurrent<float> model{10, 2};
  for (const std::size_t n : {1u, 2u, 9u}) {
    const lk::BestOfNDecoder best{kChain, {.n = n, .seed = 7, .stream = 40}};
    std::vector<lk::Generation> all;
    const auto results = best.decode(model, kPrompt, kLimits, [&](const lk::Generation& each) {
      all.push_back(each);  // asked in order of their numbers
      return 0.0;
    });
    REQUIRE(all.size() == n);
    CHECK(results.size() == n);
    for (std::size_t i = 0; i < n; ++i) {
      const lk::RandomDecoder random{kChain,
                                     {.seed = 7, .stream = 40 + i, .report = {.model = true}}};
      auto one = random.decode(model, kPrompt, kLimits);
      one.score /= double(one.tokens.size());
      one.model_log_probabilities.clear();  // not asked for
      test::check_equal(all[i], one);
    }
  }
}

TEST_CASE("the best come first, by the score, by a scorer, and no more than asked for") {
  const test::PlainRecurrent<float> model{10, 5};
  const lk::SamplesOptions options{.n = 8, .seed = 1, .length_penalty = 0.7};
  const auto all = lk::BestOfNDecoder{kChain, options}.decode(model, kPrompt, kLimits);
  REQUIRE(all.size() == 8);
  for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i - 1].score >= all[i].score);

  auto fewer = options;
  fewer.n_best = 3;
  fewer.report.model = true;
  const auto three = lk::BestOfNDecoder{kChain, fewer}.decode(model, kPrompt, kLimits);
  REQUIRE(three.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(three[i].tokens == all[i].tokens);
    double sum = 0;
    for (const double x : three[i].model_log_probabilities) sum += x;
    const auto length = double(three[i].tokens.size());
    CHECK(three[i].score == Catch::Approx(sum / std::pow(length, 0.7)).epsilon(1e-14));
  }
  const auto longest = lk::BestOfNDecoder{kChain, options}.decode(
      model, kPrompt, kLimits,
      [](const lk::Generation& each) { return double(each.tokens.size()); });
  for (std::size_t i = 1; i < longest.size(); ++i) {
    CHECK(longest[i - 1].tokens.size() >= longest[i].tokens.size());
    CHECK(longest[i].score == double(longest[i].tokens.size()));
  }
}

TEST_CASE("equal scores go by number, NaN comes last, and equal sequences are merged if asked") {
  const test::ConstantModel<float> model{{0, 0, 0}};
  lk::SamplesOptions options{.n = 30};
  const auto all =
      lk::BestOfNDecoder{lk::Chain{}, options}.decode(model, kPrompt, {.max_new_tokens = 2});
  REQUIRE(all.size() == 30);
  for (std::size_t i = 0; i < 30; ++i) {  // all are as probable
    const auto one =
        lk::RandomDecoder{lk::Chain{}, {.stream = i}}.decode(model, kPrompt, {.max_new_tokens = 2});
    CHECK(all[i].tokens == one.tokens);
  }
  options.distinct = true;
  const lk::BestOfNDecoder merging{lk::Chain{}, options};
  const auto distinct = merging.decode(model, kPrompt, {.max_new_tokens = 2});
  REQUIRE(distinct.size() == 9);
  std::size_t next = 0;  // those that come first, in their order
  for (const lk::Generation& each : all) {
    if (next < 9 && each.tokens == distinct[next].tokens) ++next;
  }
  CHECK(next == 9);
  const auto spoilt =
      merging.decode(model, kPrompt, {.max_new_tokens = 2}, [](const lk::Generation& each) {
        return each.tokens[0] == 1 ? std::nan("") : double(each.tokens[0]);
      });
  CHECK(spoilt.front().tokens[0] == 2);
  CHECK(std::isnan(spoilt.back().score));
}

TEST_CASE("options that cannot be are refused") {
  CHECK_THROWS_WITH((lk::BestOfNDecoder{lk::Chain{}, {.n = 0}}),
                    "SamplesOptions: n must satisfy 1 <= n <= 65536, got 0");
  const lk::BestOfNDecoder best;
  CHECK_THROWS_WITH(best.start(Tokens{}, {}), "prompt: its length must satisfy length >= 1, got 0");
  CHECK_THROWS_WITH(best.start(kPrompt, {.max_new_tokens = 0}),
                    "Limits: max_new_tokens must satisfy max_new_tokens >= 1, got 0");
}
