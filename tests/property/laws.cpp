// SPDX-License-Identifier: MIT
// Laws that hold for all processors: shift, permutation, monotone sets, order, Softmax anywhere.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "support/flush_to_zero.hpp"
#include "support/weight_error.hpp"

#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/chain.hpp>
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

namespace lk = logitkit;
using reference::after;
using reference::probabilities;
using reference::Scores;
using reference::total_variation;

namespace {

/// Scores that are multiples of 1/64, so that sums with small whole numbers are exact.
template <class S>
std::vector<S> exact_row(std::size_t size, std::uint64_t seed) {
  std::vector<S> row = reference::normal_row<S>(size, seed);
  for (S& score : row) score = std::round(score * 64) / 64;
  return row;
}

/// A processor of one's own.
struct Doubled {
  void operator()(auto& candidates, const lk::Context&) const { candidates.scale(2); }
};

std::vector<bool> kept(const Scores& scores) {
  std::vector<bool> result;
  for (const long double s : scores) result.push_back(s != reference::kBanned);
  return result;
}

bool subset(const std::vector<bool>& a, const std::vector<bool>& b) {
  for (std::size_t t = 0; t < a.size(); ++t) {
    if (a[t] && !b[t]) return false;
  }
  return true;
}

template <class P>
P accepted(P processor) {
  for (const lk::Token token : {3, 5, 3, 0}) processor.accept(token);
  return processor;
}

/// Adding a number to all scores changes neither what is kept nor any probability.
template <class S, class P>
void expect_shift_invariant(const P& processor) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const auto row = exact_row<S>(100, seed);
    for (const S shift : {S(-8), S(1), S(16)}) {
      auto shifted = row;
      for (S& score : shifted) score += shift;
      const Scores a = after(processor, row), b = after(processor, shifted);
      CHECK(kept(a) == kept(b));
      CHECK(total_variation(probabilities(a), probabilities(b)) <
            (sizeof(S) == 4 ? 1e-6L : 1e-12L));
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("Every processor but RepetitionPenalty is shift invariant", "", float, double) {
  using S = TestType;
  expect_shift_invariant<S>(lk::Temperature{0.7});
  expect_shift_invariant<S>(lk::Temperature{0});
  expect_shift_invariant<S>(lk::TopK{7});
  expect_shift_invariant<S>(lk::TopP{0.8});
  expect_shift_invariant<S>(lk::MinP{0.05});
  expect_shift_invariant<S>(lk::Softmax{});
  expect_shift_invariant<S>(lk::LogitBias{{{3, 2.5f}, {90, -1.0f}}});
  expect_shift_invariant<S>(accepted(lk::FrequencyPenalty{0.5}));
  expect_shift_invariant<S>(accepted(lk::PresencePenalty{0.5}));
  expect_shift_invariant<S>(lk::Ban{{0, 99}});
  expect_shift_invariant<S>(lk::AllowOnly{{5, 50}});
  expect_shift_invariant<S>(lk::MinNewTokens{3, {2}});
  expect_shift_invariant<S>(lk::Chain{lk::Temperature{0.5}, lk::TopK{40}, lk::TopP{0.9}});
}

TEST_CASE("RepetitionPenalty depends on where zero lies") {
  const auto penalty = accepted(lk::RepetitionPenalty{2.0});
  const Scores plain = probabilities(after(penalty, std::vector<double>{1, 1, 1, 1}));
  const Scores shifted = probabilities(after(penalty, std::vector<double>{3, 3, 3, 3}));
  CHECK(total_variation(plain, shifted) > 0.1L);
}

TEMPLATE_TEST_CASE("Narrowing commutes with a permutation of tokens that do not tie", "", float,
                   double) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    auto row = reference::normal_row<TestType>(150, seed);
    row[7] = -std::numeric_limits<TestType>::infinity();
    std::vector<std::size_t> to(row.size());
    std::iota(to.begin(), to.end(), std::size_t(0));
    reference::Bits bits(seed);
    for (std::size_t i = to.size(); i > 1; --i) std::swap(to[i - 1], to[bits.below(i)]);
    auto permuted = row;
    for (std::size_t t = 0; t < row.size(); ++t) permuted[to[t]] = row[t];
    const auto check = [&](const auto& processor, double within = 0) {
      const Scores a = after(processor, row), b = after(processor, permuted);
      for (std::size_t t = 0; t < row.size(); ++t) {
        const bool same = a[t] == b[to[t]] || std::abs(a[t] - b[to[t]]) <= within;
        if (!same) FAIL_CHECK("seed " << seed << ", token " << t);
      }
    };
    check(lk::Temperature{0.7});
    check(lk::Temperature{0});
    check(lk::TopK{30});
    check(lk::TopP{0.9});
    check(lk::MinP{0.02});
    const double rounding = 2 * test::kWeightError<TestType>;  // of the sum that normalises
    check(lk::Softmax{}, rounding);
    check(lk::Chain{lk::Temperature{0.8}, lk::TopK{40}, lk::TopP{0.95}, lk::Softmax{}}, rounding);
  }
  SUCCEED("all permuted");
}

TEMPLATE_TEST_CASE("Tokens that tie are kept from the lowest up, wherever they stand", "", float,
                   double) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<TestType> row(130);
    reference::Bits bits(seed);
    for (TestType& score : row) score = static_cast<TestType>(bits.below(3));
    const auto check = [&](const auto& processor) {
      const Scores scores = after(processor, row);
      for (std::size_t low = 0; low < row.size(); ++low) {
        for (std::size_t high = low + 1; high < row.size(); ++high) {
          const bool wrong = row[low] == row[high] && scores[high] != reference::kBanned &&
                             scores[low] == reference::kBanned;
          if (wrong) FAIL_CHECK("token " << high << " kept, " << low << " not");
        }
      }
    };
    for (const int k : {1, 5, 30, 64, 65, 100}) check(lk::TopK{k});
    for (const double p : {0.01, 0.3, 0.7, 0.9}) check(lk::TopP{p});
    check(lk::MinP{0.2});
    check(lk::Temperature{0});
  }
  SUCCEED("all tied");
}

TEMPLATE_TEST_CASE("Kept sets grow with k and p, shrink with min_p, and are never empty", "", float,
                   double) {
  for (const std::size_t size : {std::size_t(1), std::size_t(65), std::size_t(300)}) {
    for (const auto& input : reference::inputs<TestType>(size)) {
      const auto& row = input.row;
      INFO(input.name << ", V = " << size);
      bool monotone = true, never_empty = true;
      const auto grows = [&](const auto& processors) {
        std::vector<bool> before(size, false);
        for (const auto& processor : processors) {
          const auto now = kept(after(processor, row));
          monotone = monotone && subset(before, now);
          never_empty = never_empty && std::find(now.begin(), now.end(), true) != now.end();
          before = now;
        }
      };
      std::vector<lk::TopK<int>> top_k;
      for (int k = 1; k < 320; k += 11) top_k.emplace_back(k);
      grows(top_k);
      std::vector<lk::TopP<double>> top_p;
      for (int i = 1; i <= 50; ++i) top_p.emplace_back(0.02 * i);
      grows(top_p);
      std::vector<lk::MinP<double>> min_p;
      for (int i = 50; i >= 0; --i) min_p.emplace_back(0.02 * i);
      grows(min_p);
      CHECK(monotone);
      CHECK(never_empty);
    }
  }
}

TEMPLATE_TEST_CASE("Nested chains equal flat ones, however they nest", "", float, double) {
  const auto a = accepted(lk::RepetitionPenalty{1.3});
  const lk::Temperature b{0.8};
  const lk::TopK c{50};
  const lk::TopP d{0.9};
  for (const auto& [name, row] : reference::inputs<TestType>(300)) {
    INFO(name);
    const Scores flat = after(lk::Chain{a, b, c, d}, row);
    CHECK(after(lk::Chain{lk::Chain{a, b}, lk::Chain{c, d}}, row) == flat);
    CHECK(after(lk::Chain{lk::Chain{lk::Chain{a, b}, c}, d}, row) == flat);
    CHECK(after(lk::Chain{a, lk::Chain{b, lk::Chain{c, lk::Chain{d, lk::Chain{}}}}}, row) == flat);
  }
}

TEMPLATE_TEST_CASE("Softmax anywhere, once or twice, changes no distribution", "[peers]", float,
                   double) {
  const lk::Temperature t{0.8};
  const lk::TopK k{50};
  const lk::TopP p{0.9};
  const lk::MinP m{0.01};
  const lk::Softmax s;
  for (const std::size_t size : {std::size_t(33), std::size_t(300)}) {
    for (const auto& input : reference::inputs<TestType>(size)) {
      const auto& row = input.row;
      if (input.name == "far apart")
        continue;  // in float, normalised scores of 1e6 lose their digits
      INFO(input.name << ", V = " << size);
      const Scores plain = probabilities(after(lk::Chain{t, k, p, m}, row));
      const auto check = [&](const auto& chain) {
        const Scores with = probabilities(after(chain, row));
        CHECK(total_variation(plain, with) < (sizeof(TestType) == 4 ? 1e-5L : 1e-12L));
      };
      check(lk::Chain{s, t, k, p, m});
      check(lk::Chain{t, s, k, p, m});
      check(lk::Chain{t, k, s, s, p, m});
      check(lk::Chain{t, k, p, s, m, s});
      check(lk::Chain{s, s, t, s, s, k, s, p, s, s, m, s, s});
    }
  }
}

TEMPLATE_TEST_CASE("Temperature before and after TopP are two things", "", float, double) {
  const auto row = reference::normal_row<TestType>(1000, 6);
  const auto count = [&](const auto& chain) { return reference::count_kept(after(chain, row)); };
  const std::size_t alone = count(lk::TopP{0.9});
  CHECK(count(lk::Chain{lk::TopP{0.9}, lk::Temperature{2.0}}) == alone);
  CHECK(count(lk::Chain{lk::Temperature{2.0}, lk::TopP{0.9}}) > alone);
  CHECK(count(lk::Chain{lk::Temperature{0.5}, lk::TopP{0.9}}) < alone);
  // Rank does not care.
  CHECK(kept(after(lk::Chain{lk::TopK{9}, lk::Temperature{2.0}}, row)) ==
        kept(after(lk::Chain{lk::Temperature{2.0}, lk::TopK{9}}, row)));
}

TEMPLATE_TEST_CASE("A lambda that does what a processor does is one", "", float, double) {
  const auto by_hand = [](auto& candidates, const lk::Context&) {
    const double best = candidates.maximum();
    candidates.keep_if([best](lk::Token, auto score) { return double(score) >= best - 2; });
  };
  const auto row = exact_row<TestType>(200, 4);
  CHECK(after(lk::Chain{by_hand, Doubled{}}, row) ==
        after(lk::Chain{lk::MinP{std::exp(-2.001)}, lk::Temperature{0.5}}, row));
}

TEST_CASE("MinP and RepetitionPenalty decide alike whether or not denormals are flushed") {
  const auto decide = [] {
    const std::vector<float> tiny(4, -1e-40f), near_zero{-1e-40f, 0, -1};
    lk::Workspace workspace;
    lk::Candidates all(tiny, workspace);
    lk::MinP{1.0f}(all, {});
    const std::size_t left = all.size();
    lk::RepetitionPenalty penalty{2.0f};
    penalty.accept(0);
    lk::Candidates set(near_zero, workspace);
    penalty(set, {});
    return std::pair(left, set.best());
  };
  const auto as_usual = decide();
  CHECK(as_usual == std::pair(std::size_t(4), lk::Token(1)));
  const test::FlushToZero flushing;
  CHECK(decide() == as_usual);
}
