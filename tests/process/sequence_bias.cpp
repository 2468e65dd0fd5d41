// SPDX-License-Identifier: MIT
// SequenceBias: the twin, the first tokens of a text, sequences within others, many sequences.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/sequence_bias.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;
using reference::with_history;

namespace {

using Biases = std::vector<std::pair<Tokens, double>>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Scores slow(const Scores& scores, const Biases& biases, const Tokens& text) {
  std::vector<std::pair<Tokens, long double>> wide;
  for (const auto& [sequence, bias] : biases) wide.emplace_back(sequence, bias);
  return reference::sequence_bias(scores, wide, text);
}

}  // namespace

TEMPLATE_TEST_CASE("SequenceBias agrees with its twin", "", float, double) {
  const Biases biases{{{0}, 2.5},        {{7, 9, 0}, -1.25}, {{9, 0}, 0.5},
                      {{9, 9, 0}, 64.0}, {{7, 9, 0}, 3.0},   {{9, 7, 0}, -kInfinity}};
  for (const Tokens& generated : {Tokens{}, Tokens{9}, Tokens{7}, Tokens{9, 9}, Tokens{9, 7}}) {
    Tokens text{3, 7};
    text.insert(text.end(), generated.begin(), generated.end());
    reference::agree<TestType>(with_history(lk::SequenceBias{biases}, {3, 7}, generated),
                               [&](const Scores& s) { return slow(s, biases, text); });
  }
}

TEMPLATE_TEST_CASE("SequenceBias of random sequences along a random text", "", float, double) {
  reference::Bits bits(5);
  const auto draw = [&](std::size_t length) {
    Tokens tokens(length);
    for (auto& token : tokens) token = static_cast<lk::Token>(bits.below(3));
    return tokens;
  };
  const std::vector<TestType> row{0.5, -1, 2};
  for (int round = 0; round < 20; ++round) {
    Biases biases;
    for (int i = 0; i < 30; ++i) {
      biases.emplace_back(draw(1 + bits.below(4)), 0.25 * double(bits.below(16)) - 2);
    }
    lk::SequenceBias fast{biases};
    Tokens text;
    for (const lk::Token token : draw(60)) {
      if (reference::after(fast, row) != slow(Scores(row.begin(), row.end()), biases, text)) {
        FAIL_CHECK("round " << round << ", after " << text.size());
      }
      fast.accept(token);
      text.push_back(token);
    }
  }
  SUCCEED("all texts done");
}

TEMPLATE_TEST_CASE("SequenceBias: k - 1 tokens are enough for a sequence of k", "[peers]", float,
                   double) {
  const std::vector<TestType> row{1, 1, 1};
  const lk::SequenceBias bias{{{{2, 0}, 4.0f}}};
  CHECK(reference::after(bias, row) == Scores{1, 1, 1});
  CHECK(reference::after(with_history(bias, {2}), row) == Scores{5, 1, 1});
  CHECK(reference::after(with_history(bias, {}, {2}), row) == Scores{5, 1, 1});
  CHECK(reference::after(with_history(bias, {1, 2}), row) == Scores{5, 1, 1});
  CHECK(reference::after(with_history(bias, {2}, {1}), row) == Scores{1, 1, 1});
}

TEMPLATE_TEST_CASE("SequenceBias: -inf bans, and no bias brings a banned token back", "", float,
                   double) {
  const auto b = reference::kBanned;
  const std::vector<TestType> row{1, static_cast<TestType>(b), 3};
  const lk::SequenceBias bias{Biases{{{2, 2}, -kInfinity}, {{2, 1}, 100}, {{2}, 50}}};
  CHECK(reference::after(with_history(bias, {2}), row) == Scores{1, b, b});
  CHECK(reference::after(with_history(bias, {0}), row) == Scores{1, b, 53});
}

TEST_CASE(
    "SequenceBias on a token that the row does not have is a bad status, once it could come") {
  const std::vector<float> row{1, 2, 3};
  const lk::SequenceBias bias{{{{2, 3}, 1.0f}}};
  CHECK(reference::status_after(bias, row) == lk::Status::ok);
  CHECK(reference::status_after(with_history(bias, {2}), row) == lk::Status::token_out_of_range);
}

TEST_CASE("SequenceBias refuses empty sequences, negative tokens, +inf and NaN") {
  using Bias = lk::SequenceBias<double>;
  CHECK(Bias::check({}).empty());
  CHECK(Bias::check({{{5, 6}, -kInfinity}, {{6}, 1e300}}).empty());
  CHECK(Bias::check({{{5}, 1}, {{}, 0}}) ==
        "SequenceBias: each sequence must satisfy length >= 1, got 0");
  CHECK(Bias::check({{{5, -1}, 1}}) == "SequenceBias: token must satisfy token >= 0, got -1");
  CHECK(Bias::check({{{5}, kInfinity}}) ==
        "SequenceBias: bias must satisfy -inf <= bias < inf, got inf");
  CHECK_FALSE(Bias::check({{{5}, std::nan("")}}).empty());
  reference::refuses([] { lk::SequenceBias{{{{1, -7}, 1.0f}}}; },
                     "SequenceBias: token must satisfy token >= 0, got -7");
  reference::refuses([] { lk::SequenceBias{Biases{{{}, 1.0}}}; },
                     "SequenceBias: each sequence must satisfy length >= 1, got 0");
}

TEST_CASE("SequenceBias is deduced from pairs, and from braces alone") {
  static_assert(
      std::same_as<decltype(lk::SequenceBias{{{{1, 2}, 1.0f}, {{3}, 2.0f}}}), lk::SequenceBias<>>);
  static_assert(std::same_as<decltype(lk::SequenceBias{Biases{}}), lk::SequenceBias<double>>);
  CHECK(reference::after(lk::SequenceBias{Biases{}}, std::vector<double>{1}) == Scores{1});
}
