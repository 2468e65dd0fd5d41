// SPDX-License-Identifier: MIT
// Chi-square through the public API on a row of 32000 tokens, at a false-positive rate of 1e-6.
#include "support/catch.hpp"

#include "reference/inputs.hpp"
#include "reference/transforms.hpp"
#include "reference/truncations.hpp"

#include <logitkit/decode/random.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

constexpr std::size_t kVocabulary = 32000;

/// Pearson's statistic and the value that it passes with probability 1e-6.
struct ChiSquare {
  double statistic = 0;
  double limit = 0;
  std::size_t bins = 0;
};

/// Bins are runs of tokens, ascending, that expect at least 10 draws.
ChiSquare chi_square(const std::vector<std::size_t>& counts, const Scores& probability,
                     std::size_t draws) {
  std::vector<double> expected, observed;
  double e = 0, o = 0;
  for (std::size_t t = 0; t < counts.size(); ++t) {
    e += static_cast<double>(probability[t]) * static_cast<double>(draws);
    o += static_cast<double>(counts[t]);
    if (e < 10) continue;
    expected.push_back(e);
    observed.push_back(o);
    e = o = 0;
  }
  expected.back() += e;
  observed.back() += o;
  ChiSquare result;
  result.bins = expected.size();
  for (std::size_t b = 0; b < expected.size(); ++b) {
    result.statistic += (observed[b] - expected[b]) * (observed[b] - expected[b]) / expected[b];
  }
  const double degrees = static_cast<double>(result.bins) - 1;  // Wilson and Hilferty 1931
  const double root = 1 - 2 / (9 * degrees) + 4.753424 * std::sqrt(2 / (9 * degrees));
  result.limit = degrees * root * root * root;
  return result;
}

/// How often each token is drawn, at different positions of four streams.
template <class C>
std::vector<std::size_t> count(const C& chain, const std::vector<float>& row, std::size_t draws) {
  const std::vector<lk::Token> history(draws, 0);
  std::vector<std::size_t> counts(row.size());
  lk::Workspace workspace;
  for (std::size_t i = 0; i < draws; ++i) {
    const lk::RandomDecoder decoder{chain, {.seed = 20240229, .stream = i % 4}};
    const lk::Context context{std::span(history).first(i / 4), 0};
    const lk::Pick pick = decoder.next(row, context, workspace);
    if (pick.status != lk::Status::ok) FAIL(lk::to_string(pick.status));
    ++counts[static_cast<std::size_t>(pick.token)];
  }
  return counts;
}

Scores slow(const std::vector<float>& row) { return Scores(row.begin(), row.end()); }

}  // namespace

// Power: a draw 10 % too hot is caught with probability 0.88, 10 % too cold 0.97, 8 % 0.35
// (noncentral chi-square of these 297 bins). The last check shows it from the other side.
TEST_CASE("a pure draw from 32000 tokens has the row's distribution") {
  const auto row = reference::normal_row<float>(kVocabulary, 1);
  constexpr std::size_t kDraws = 5000;
  const auto counts = count(lk::Chain{}, row, kDraws);
  const auto right = chi_square(counts, reference::probabilities(slow(row)), kDraws);
  CAPTURE(right.bins, right.limit);
  CHECK(right.bins > 100);
  CHECK(right.statistic < right.limit);
  const auto cooler = reference::probabilities(reference::temperature(slow(row), 0.9L));
  CHECK(chi_square(counts, cooler, kDraws).statistic > chi_square(counts, cooler, kDraws).limit);
}

// Power: 10 % too hot 0.85, 5 % too cold or TopP at 0.90 instead of 0.95 above 0.999 (37 bins).
TEST_CASE("a draw after a default-like chain has the chain's distribution") {
  const auto row = reference::normal_row<float>(kVocabulary, 2, 2);
  constexpr std::size_t kDraws = 20000;
  const lk::Chain chain{lk::Temperature{0.8f}, lk::TopK{40}, lk::TopP{0.95f}};
  const auto counts = count(chain, row, kDraws);
  const auto twin = [&](long double t, std::size_t k, long double p) {
    const Scores scores = reference::temperature(slow(row), t);
    return reference::probabilities(reference::top_p(reference::top_k(scores, k), p));
  };
  const Scores expected = twin(0.8f, 40, 0.95f);
  const auto right = chi_square(counts, expected, kDraws);
  CAPTURE(right.bins, right.limit);
  CHECK(right.bins > 20);
  CHECK(right.statistic < right.limit);
  for (std::size_t t = 0; t < kVocabulary; ++t) {
    if (expected[t] == 0 && counts[t] != 0) FAIL_CHECK("drew a dropped token, " << t);
  }
  for (const Scores& wrong : {twin(0.88L, 40, 0.95L), twin(0.8L, 40, 0.9L)}) {
    const auto rejected = chi_square(counts, wrong, kDraws);
    CHECK(rejected.statistic > rejected.limit);
  }
}

// Power: one token a fifth too rare 0.78, three tenths 0.999.
TEST_CASE("equal scores are drawn equally often") {
  const std::vector<float> row(8, 4);
  constexpr std::size_t kDraws = 8000;
  const auto result = chi_square(count(lk::Chain{}, row, kDraws), Scores(8, 0.125L), kDraws);
  CHECK(result.bins == 8);
  CHECK(result.statistic < result.limit);
}
