// SPDX-License-Identifier: MIT
// Laws that hold for chains: how they nest, Softmax anywhere, lambdas, flushed denormals.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "support/flush_to_zero.hpp"

#include <logitkit/process/chain.hpp>
#include <logitkit/process/min_p.hpp>
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

}  // namespace

TEMPLATE_TEST_CASE("nested chains equal flat ones, however they nest", "", float, double) {
  const auto a = reference::with_history(lk::RepetitionPenalty{1.3}, {3}, {5, 3, 0});
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

TEMPLATE_TEST_CASE("a lambda that does what a processor does is one", "", float, double) {
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
