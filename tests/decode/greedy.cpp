// SPDX-License-Identifier: MIT
// GreedyDecoder: the best token after the chain; ties go to the lower one.
#include <logitkit/decode/greedy.hpp>

#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>

#include "support/catch.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {
const Tokens kPrompt{1};
}

TEST_CASE("greedy takes the largest score, and of equal ones the lower token") {
  const lk::GreedyDecoder greedy;
  const auto best = [&](std::vector<float> row) {
    return greedy.decode(test::ConstantModel<>{row}, kPrompt, {.max_new_tokens = 1}).tokens.at(0);
  };
  CHECK(best({1}) == 0);
  CHECK(best({1, 3, 3, 2}) == 1);
  CHECK(best({-3, -1, -2}) == 1);
  CHECK(best({-0.0f, 0.0f}) == 0);
  CHECK(best({0.0f, -0.0f}) == 0);
  CHECK(best({-1e-45f, -0.0f, 1e-45f}) == 2);
  std::vector<float> row(130, 1.0f);
  CHECK(best(row) == 0);
  for (const std::size_t at : {129u, 128u, 64u, 63u, 1u}) {
    row[at] = 2;
    CHECK(best(row) == lk::Token(at));
  }
}

TEST_CASE("temperature and normalisation never change the greedy token") {
  const test::PlainRecurrent<float> model{50, 8};
  const lk::Limits limits{.max_new_tokens = 20};
  const Tokens expected = lk::GreedyDecoder().decode(model, kPrompt, limits).tokens;
  for (const float t : {0.0f, 0.3f, 1.0f, 77.0f}) {
    const lk::GreedyDecoder greedy{lk::Chain{lk::Softmax{}, lk::Temperature{t}, lk::Softmax{}}};
    CHECK(greedy.decode(model, kPrompt, limits).tokens == expected);
  }
}

TEST_CASE("a chain with state sees each token as it comes, and each decode starts anew") {
  const lk::GreedyDecoder greedy{lk::Chain{lk::FrequencyPenalty{1.0f}}};
  const test::ConstantModel<> model{{5.0f, 4.5f, 3.0f}};
  for (int i = 0; i < 2; ++i) {
    CHECK(greedy.decode(model, kPrompt, {.max_new_tokens = 6}).tokens == Tokens{0, 1, 0, 1, 0, 2});
  }
}
