// SPDX-License-Identifier: MIT
// What random decoding draws, outcome by outcome: exact enumeration through the decider.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/inputs.hpp"
#include "reference/penalties.hpp"
#include "reference/thresholds.hpp"
#include "reference/transforms.hpp"
#include "reference/truncations.hpp"
#include "support/enumerating_decider.hpp"

#include <logitkit/decode/random.hpp>
#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

#include <map>

namespace lk = logitkit;
using reference::Scores;
using test::EnumeratingDecider;
using Numbers = EnumeratingDecider::Numbers;
using Tokens = std::vector<lk::Token>;

namespace {

/// 24 small rows of 3 to 6 tokens; every other one has tokens of no mass, never all.
template <class S>
std::vector<std::vector<S>> small_rows() {
  std::vector<std::vector<S>> rows;
  reference::Bits bits(2024);
  for (std::size_t i = 0; i < 24; ++i) {
    rows.push_back(reference::normal_row<S>(3 + i % 4, i, i % 3 == 0 ? 0.5 : 3));
    auto& row = rows.back();
    if (i % 5 == 0) row[1] = row[2];
    for (std::size_t banned = 0; i % 2 == 1 && banned < 1 + i % 3 && banned + 1 < row.size();
         ++banned) {
      row[bits.below(row.size() - 1)] = -std::numeric_limits<S>::infinity();
    }
    if (i % 8 == 7) row.back() = -20;
  }
  return rows;
}

/// The distribution of one draw, exactly, as counts out of 2^53.
template <class C, class S>
std::vector<std::uint64_t> draws(const C& chain, const std::vector<S>& row,
                                 const lk::Context& context = {}) {
  lk::Workspace workspace;
  const auto outcomes = test::enumerate(
      [&](const Numbers& numbers) {
        const lk::RandomDecoder decoder{chain, EnumeratingDecider(numbers, context.position())};
        return Tokens{decoder.next(row, context, workspace).token};
      },
      1);
  std::vector<std::uint64_t> counts(row.size());
  for (const auto& outcome : outcomes) {
    counts.at(static_cast<std::size_t>(outcome.tokens[0])) += outcome.lengths[0];
  }
  return counts;
}

/// Expects the distribution of the twin on every small row, in double, to within 1e-12.
template <class C, class Twin>
void expect_distribution(const C& chain, const Twin& twin, const lk::Context& context = {}) {
  for (const auto& row : small_rows<double>()) {
    std::string text;
    for (const double score : row) text += std::to_string(score) + ' ';
    INFO("row: " << text);
    const Scores expected = reference::probabilities(twin(Scores(row.begin(), row.end())));
    Scores drawn;
    for (const std::uint64_t n : draws(chain, row, context))
      drawn.push_back(static_cast<long double>(n) * 0x1p-53L);
    CHECK(reference::total_variation(drawn, expected) <= 1e-12L);
    for (std::size_t t = 0; t < row.size(); ++t) {
      if (expected[t] == 0) CHECK(drawn[t] == 0);
    }
  }
}

__extension__ using Wide = unsigned __int128;

/// What the library says that a score weighs, the largest being `best`.
std::uint64_t own_weight(float score, double best, double scale) {
  const lk::math::Entry<float> entry{0, score};
  std::uint64_t weights[16];
  std::int32_t keys[16];
  lk::math::kernels().weights(&entry, 1, lk::math::Weighing(best, scale), keys, weights);
  return weights[0];
}

/// How many of the 2^53 numbers should choose each token: those with cumulative > u * total, from
/// the library's own integer weights.
std::vector<std::uint64_t> counts_by_weight(const std::vector<float>& row, const Scores& kept,
                                            double scale) {
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t t = 0; t < row.size(); ++t) {
    if (kept[t] != reference::kBanned) best = std::max(best, double(row[t]));
  }
  std::vector<Wide> cumulative{0};
  for (std::size_t t = 0; t < row.size(); ++t) {
    const bool banned = kept[t] == reference::kBanned;
    cumulative.push_back(cumulative.back() + (banned ? 0 : own_weight(row[t], best, scale)));
  }
  const Wide total = cumulative.back();
  const auto first_number = [total](Wide mass) {  // the smallest n with n * total >= mass * 2^53
    return static_cast<std::uint64_t>(((mass << 53) + total - 1) / total);
  };
  std::vector<std::uint64_t> counts;
  for (std::size_t t = 0; t < row.size(); ++t) {
    counts.push_back(first_number(cumulative[t + 1]) - first_number(cumulative[t]));
  }
  return counts;
}

}  // namespace

TEST_CASE("one draw has the distribution of the twin, for chains of the core processors") {
  using namespace reference;
  const lk::Temperature warm{1.7}, cold{0.6};
  const lk::TopK k{3};
  const lk::TopP p{0.8};
  const lk::MinP m{0.1};
  const lk::Softmax softmax;
  expect_distribution(lk::Chain{}, [](Scores s) { return s; });
  expect_distribution(lk::Chain{warm}, [](Scores s) { return temperature(s, 1.7); });
  expect_distribution(lk::Chain{cold, k, p},
                      [](Scores s) { return top_p(top_k(temperature(s, 0.6), 3), 0.8); });
  expect_distribution(lk::Chain{p, k, cold},
                      [](Scores s) { return temperature(top_k(top_p(s, 0.8), 3), 0.6); });
  expect_distribution(lk::Chain{k, p, m, warm}, [](Scores s) {
    return temperature(min_p(top_p(top_k(s, 3), 0.8), 0.1), 1.7);
  });
  expect_distribution(lk::Chain{warm, m, softmax, p}, [](Scores s) {
    return top_p(log_softmax(min_p(temperature(s, 1.7), 0.1)), 0.8);
  });
  expect_distribution(lk::Chain{softmax, p, softmax, warm, softmax},
                      [](Scores s) { return temperature(top_p(s, 0.8), 1.7); });
  expect_distribution(lk::Chain{lk::Temperature{0}}, [](Scores s) { return temperature(s, 0); });
}

TEST_CASE("one draw has the distribution of the twin, for processors that name tokens") {
  using namespace reference;
  const Tokens tokens{0, 1, 0, 2}, generated{1, 0, 2};
  const lk::Context context{tokens, 1};
  const lk::MinNewTokens not_yet{4, {0}}, long_enough{3, {1}};
  const lk::Temperature warm{1.7};
  expect_distribution(
      lk::Chain{lk::PresencePenalty{0.6}, not_yet, long_enough, warm},
      [&](Scores s) { return temperature(ban(presence_penalty(s, 0.6, generated), {0}), 1.7); },
      context);
  const lk::LogitBias bias{{{0, 1.5}, {1, -0.75}}};
  expect_distribution(
      lk::Chain{bias, lk::AllowOnly{{2, 0, 1}}, lk::PresencePenalty{-0.4}, lk::TopP{0.8}},
      [&](Scores s) {
        const Scores allowed = allow_only(logit_bias(s, {{0, 1.5}, {1, -0.75}}), {0, 1, 2});
        return top_p(presence_penalty(allowed, -0.4, generated), 0.8);
      },
      context);
}

TEST_CASE("one draw of a float row has the library's own weights, number for number") {
  for (const auto& row : small_rows<float>()) {
    const Scores slow(row.begin(), row.end());
    CHECK(draws(lk::Chain{}, row) == counts_by_weight(row, slow, 1));
    CHECK(draws(lk::Chain{lk::Softmax{}}, row) == counts_by_weight(row, slow, 1));
    CHECK(draws(lk::Chain{lk::Temperature{0.5f}}, row) == counts_by_weight(row, slow, 2));
    const Scores best = reference::top_k(slow, 3);
    CHECK(draws(lk::Chain{lk::TopK{3}}, row) == counts_by_weight(row, best, 1));
    const Scores nucleus = reference::top_p(reference::temperature(best, 0.8), 0.9);
    CHECK(draws(lk::Chain{lk::TopK{3}, lk::Temperature{0.8}, lk::TopP{0.9}}, row) ==
          counts_by_weight(row, nucleus, 1 / 0.8));
  }
}

TEST_CASE("a banned token is not drawn by any of the 2^53 numbers", "[peers]") {
  const float banned = -std::numeric_limits<float>::infinity();
  for (const auto& row : {std::vector<float>{banned, 1, 2, banned},
                          {banned, banned, 0, 5},
                          {0, banned, banned, 0},
                          {banned, 3, banned, banned}}) {
    const auto counts = draws(lk::Chain{}, row);
    std::uint64_t sum = 0;
    for (std::size_t t = 0; t < row.size(); ++t) {
      CHECK((counts[t] == 0) == (row[t] == banned));
      sum += counts[t];
    }
    CHECK(sum == test::kNumbers);
  }
  CHECK(draws(lk::Chain{lk::Ban{{0, 3}}}, std::vector<float>{9, 1, 1, 9}) ==
        std::vector<std::uint64_t>{0, test::kNumbers / 2, test::kNumbers / 2, 0});
}

TEST_CASE("equal scores share the numbers exactly, on both ways through a row") {
  const auto narrowing = [](auto& candidates, const lk::Context&) {
    candidates.keep_if([](lk::Token, auto) { return true; });
  };
  const std::vector<double> row(4, -3);
  const std::vector<std::uint64_t> quarters(4, test::kNumbers / 4);
  CHECK(draws(lk::Chain{}, row) == quarters);
  CHECK(draws(lk::Chain{narrowing}, row) == quarters);
  for (const auto& small : small_rows<float>()) {
    CHECK(draws(lk::Chain{narrowing}, small) == draws(lk::Chain{}, small));
  }
}

TEST_CASE("decode draws sequences with the product of their tokens' probabilities, state and all") {
  const Tokens prompt{2, 0};
  reference::Bits bits(5);
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const std::size_t size = 3 + seed % 2;
    // A row for each last token: the table model.
    std::vector<std::vector<double>> table;
    for (std::size_t t = 0; t < size; ++t)
      table.push_back(reference::normal_row<double>(size, 10 * seed + t, 2));
    table[1][0] = -std::numeric_limits<double>::infinity();
    const auto model = [&](std::span<const lk::Token> tokens) -> const std::vector<double>& {
      return table[static_cast<std::size_t>(tokens.back())];
    };
    const lk::Chain chain{lk::RepetitionPenalty{1.4}, lk::FrequencyPenalty{0.3},
                          lk::Temperature{1.3}, lk::TopK{3}, lk::TopP{0.95}};
    const std::size_t length = seed < 2 ? 3 : 2;

    const auto outcomes = test::enumerate(
        [&](const Numbers& numbers) {
          const lk::RandomDecoder decoder{chain, EnumeratingDecider(numbers, prompt.size())};
          return decoder.decode(model, prompt, {.max_new_tokens = length}).tokens;
        },
        length);
    std::map<Tokens, long double> drawn;
    long double sum = 0;
    for (const auto& outcome : outcomes) {
      drawn[outcome.tokens] += outcome.probability();
      sum += outcome.probability();
    }
    CHECK(std::fabs(sum - 1) < 1e-15L);

    std::map<Tokens, long double> expected;
    const auto walk = [&](const auto& self, const Tokens& generated, long double weight) -> void {
      if (generated.size() == length) {
        expected[generated] = weight;
        return;
      }
      Tokens all = prompt;
      all.insert(all.end(), generated.begin(), generated.end());
      const auto& row = model(all);
      Scores s = reference::repetition_penalty(Scores(row.begin(), row.end()), 1.4, all);
      s = reference::temperature(reference::frequency_penalty(s, 0.3, generated), 1.3);
      const Scores p = reference::probabilities(reference::top_p(reference::top_k(s, 3), 0.95));
      for (std::size_t t = 0; t < size; ++t) {
        if (p[t] == 0) continue;
        Tokens next = generated;
        next.push_back(static_cast<lk::Token>(t));
        self(self, next, weight * p[t]);
      }
    };
    walk(walk, {}, 1);

    long double variation = 0;
    for (const auto& [tokens, weight] : expected)
      variation += std::fabs(weight - drawn[tokens]) / 2;
    CHECK(variation <= 1e-12L);
    CHECK(drawn.size() == expected.size());  // nothing was drawn that the twin does not know
  }
}
