// SPDX-License-Identifier: MIT
// Xtc: the twin, both outcomes of its coin with their exact weights, ties, its own random numbers.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "reference/truncations.hpp"
#include "support/enumerating_decider.hpp"

#include <logitkit/decode/random.hpp>
#include <logitkit/process/xtc.hpp>

namespace lk = logitkit;
using reference::kBanned;
using reference::Scores;

namespace {

std::vector<std::size_t> left(const Scores& scores) {
  std::vector<std::size_t> tokens;
  for (std::size_t t = 0; t < scores.size(); ++t) {
    if (scores[t] != kBanned) tokens.push_back(t);
  }
  return tokens;
}

}  // namespace

TEMPLATE_TEST_CASE("Xtc agrees with its twin", "", float, double) {
  for (const double threshold : {0.0123456789, 0.0456789, 0.123456789, 0.3456789}) {
    for (const std::size_t min_keep : {std::size_t(1), std::size_t(40)}) {
      reference::agree<TestType>(
          lk::Xtc{1.0, threshold, {.min_keep = min_keep}},
          [&](const Scores& scores) { return reference::xtc(scores, threshold, min_keep); });
    }
  }
  reference::agree<TestType>(lk::Xtc{0.0, 0.1}, [](const Scores& scores) { return scores; });
  reference::agree<TestType>(lk::Xtc{1.0, 0.51}, [](const Scores& scores) { return scores; });
}

TEMPLATE_TEST_CASE("Xtc happens with probability q: enumeration", "[enumeration]", double) {
  // The first number is the coin's, at the same position as the second, the draw's.
  struct Number {
    double number;
    double operator()(std::uint64_t) const { return number; }
  };
  const std::vector<TestType> row = reference::row_of<TestType>({0.4, 0.3, 0.2, 0.1});
  for (const double q : {0.25, 1.0 / 3, 0.999, 1.0, 0.0}) {
    const auto outcomes = test::enumerate(
        [&](const test::EnumeratingDecider::Numbers& numbers) {
          const lk::Xtc xtc(q, 0.15, Number{static_cast<double>(numbers[0]) * 0x1p-53});
          lk::Workspace workspace;
          lk::Candidates candidates(row, workspace);
          xtc(candidates, {});
          const lk::Token happens = candidates.contains(0) ? 0 : 1;
          return std::vector<lk::Token>{happens,
                                        candidates.draw(static_cast<double>(numbers[1]) * 0x1p-53)};
        },
        2);
    Scores drawn(row.size()), expected{0.4L, 0.3L, 0.2L, 0.1L};
    long double happens = 0;
    for (const test::Outcome& outcome : outcomes) {
      drawn[static_cast<std::size_t>(outcome.tokens[1])] += outcome.probability();
      if (outcome.tokens[0] == 1) happens += outcome.probability();
    }
    // By those of the 2^53 numbers that are less than q, which rounding of the sum cannot hide.
    CHECK(std::fabs(happens - std::ceil(static_cast<long double>(q) * 0x1p53L) * 0x1p-53L) <
          0x1p-55L);
    const Scores after{0, 0, 2.0L / 3, 1.0L / 3};  // 0.2 is the least of those above 0.15
    for (std::size_t t = 0; t < row.size(); ++t) {
      expected[t] = (1 - q) * expected[t] + q * after[t];
    }
    CHECK(reference::total_variation(drawn, expected) <= 1e-12L);
  }
}

TEMPLATE_TEST_CASE("Xtc: llama.cpp's table", "[llama.cpp]", float, double) {
  const auto row = reference::row_of<TestType>({0.4, 0.3, 0.2, 0.1});
  const auto after = [&](double threshold) {
    return left(reference::after(lk::Xtc{1.0, threshold}, row));
  };
  using Tokens = std::vector<std::size_t>;
  CHECK(after(0.09) == Tokens{3});
  CHECK(after(0.19) == Tokens{2, 3});
  CHECK(after(0.29) == Tokens{1, 2, 3});
  CHECK(after(0.39) == Tokens{0, 1, 2, 3});
}

TEMPLATE_TEST_CASE("Xtc: the end of the interval, and the last of equal tokens", "", float,
                   double) {
  const std::vector<TestType> equal(4, 3);
  CHECK(left(reference::after(lk::Xtc{1.0, 0.25}, equal)) == std::vector<std::size_t>{3});
  CHECK(left(reference::after(lk::Xtc{1.0, std::nextafter(0.25, 1.0)}, equal)).size() == 4);
  const std::vector<TestType> half{0, 0, -1000};
  CHECK(left(reference::after(lk::Xtc{1.0, 0.5}, half)) == std::vector<std::size_t>{1, 2});
  CHECK(left(reference::after(lk::Xtc{1.0, 0.5, {.min_keep = 2}}, half)).size() == 2);
  CHECK(left(reference::after(lk::Xtc{1.0, 0.5, {.min_keep = 3}}, half)).size() == 3);
}

TEST_CASE("Xtc never empties a row, and leaves one token alone") {
  for (const double threshold : {1e-9, 0.1, 1.0}) {
    CHECK(left(reference::after(lk::Xtc{1.0, threshold}, std::vector<float>{5})).size() == 1);
    CHECK(left(reference::after(lk::Xtc{1.0, threshold}, std::vector<float>(1000))).size() >= 1);
  }
}

TEST_CASE("Xtc has numbers of its own, the same for the same position", "[peers]") {
  const std::vector<float> row{1, 1, 0};
  std::size_t happened = 0, with_the_draw = 0, with_another_seed = 0, with_another_stream = 0;
  for (std::size_t position = 0; position < 1000; ++position) {
    const std::vector<lk::Token> tokens(position, 1);
    const lk::Context context{tokens, 0};
    const auto happens = [&](const auto& xtc) {
      return reference::after(xtc, row, context)[0] == kBanned;
    };
    const bool now = happens(lk::Xtc{0.5f, 0.3f, {.seed = 7}});
    CHECK(now == happens(lk::Xtc{0.5f, 0.3f, {.seed = 7}}));
    happened += now;
    with_the_draw += now == (lk::PhiloxDecider(7)(position) < 0.5);
    with_another_seed += now == happens(lk::Xtc{0.5f, 0.3f, {.seed = 8}});
    with_another_stream += now == happens(lk::Xtc{0.5f, 0.3f, {.seed = 7, .stream = 1}});
  }
  // Neither the draw of the same seed nor another coin says anything of it.
  for (const std::size_t n : {happened, with_the_draw, with_another_seed, with_another_stream}) {
    CHECK(n > 400);
    CHECK(n < 600);
  }
}

TEST_CASE("Xtc refuses probabilities that are none") {
  CHECK(lk::Xtc<>::check(0, 1).empty());
  CHECK(lk::Xtc<>::check(1.5f, 0.1f) == "Xtc: q must satisfy 0 <= q <= 1, got 1.5");
  CHECK(lk::Xtc<>::check(0.5f, 0) == "Xtc: threshold must satisfy 0 < threshold <= 1, got 0");
  CHECK(lk::Xtc<>::check(0.5f, 0.1f, {.min_keep = 0}) ==
        "Xtc: min_keep must satisfy min_keep >= 1, got 0");
  CHECK_FALSE(lk::Xtc<double>::check(std::nan(""), 0.1).empty());
  CHECK_FALSE(lk::Xtc<double>::check(0.1, std::nan("")).empty());
  reference::refuses([] { lk::Xtc{-1.0, 0.1}; }, "Xtc: q must satisfy 0 <= q <= 1, got -1");
  reference::refuses([] { lk::Xtc{0.5, 2.0}; },
                     "Xtc: threshold must satisfy 0 < threshold <= 1, got 2");
  reference::refuses([] { lk::Xtc{0.5, 0.1, {.min_keep = 0}}; },
                     "Xtc: min_keep must satisfy min_keep >= 1, got 0");
}

TEST_CASE("Xtc removes nothing where more must stay than there are, however many more") {
  const std::vector<double> row(4, 3.3);
  for (const std::size_t min_keep : {std::size_t(4), std::size_t(1) << 63, std::size_t(-1)}) {
    CHECK(left(reference::after(lk::Xtc{1.0, 0.1, {.min_keep = min_keep}}, row)).size() == 4);
  }
}
