// SPDX-License-Identifier: MIT
// Perturbed scores in order: their joint law, by quadrature, against noise for every token.
#include <logitkit/decode/detail/perturbed.hpp>

#include "reference/inputs.hpp"
#include "support/catch.hpp"

#include <logitkit/random/truncated_gumbel.hpp>

#include <cmath>
#include <set>

namespace lk = logitkit;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Prescribed numbers.
struct Numbers {
  std::vector<std::uint64_t> all;
  std::uint64_t bits(std::uint64_t i) const { return all.at(i); }
  double operator()(std::uint64_t i) const { return lk::uniform(all.at(i)); }
};

std::uint64_t middle(std::size_t i, std::size_t count) {
  return static_cast<std::uint64_t>((static_cast<long double>(i) + 0.5L) / count * 0x1p64L);
}

}  // namespace

TEST_CASE("the two largest of three have the law of independent noise") {
  // P(best = a, second = b, G2 <= x, G1 <= y) against the closed form of three independent Gumbel
  // numbers: for x <= y, with all of location log p: the integral over G1 of its density times
  // p_b / (1 - p_a) times the CDF of the largest of the rest below min(x, G1), given G1.
  const auto row = reference::row_of<double>({0.5, 0.3, 0.2});
  const double p[] = {0.5, 0.3, 0.2};
  lk::Workspace workspace;
  lk::detail::Perturbed perturbed;
  constexpr std::size_t kNoise = 20, kTokens = 10;  // points of each grid
  const double x = 0.3, y = 1.2;
  double found[3][3] = {};
  for (std::size_t a = 0; a < kNoise; ++a) {
    const double largest = lk::truncated_gumbel(0, kInfinity, middle(a, kNoise));
    for (std::size_t b = 0; b < kTokens; ++b) {
      for (std::size_t c = 0; c < kNoise; ++c) {
        for (std::size_t d = 0; d < kTokens; ++d) {
          lk::Candidates set(row, workspace);
          std::vector<lk::Token> tokens;
          std::vector<double> keys;
          const Numbers numbers{{0, 0, middle(b, kTokens), middle(c, kNoise)}};
          perturbed(set, 0, largest, lk::uniform(middle(d, kTokens)), numbers, 2,
                    [&](lk::Token token, double key) {
                      tokens.push_back(token);
                      keys.push_back(key);
                      return true;
                    });
          if (keys[1] <= x && keys[0] <= y) {
            found[tokens[0]][tokens[1]] += 1.0 / (kNoise * kNoise * kTokens * kTokens);
          }
        }
      }
    }
  }
  for (int a = 0; a < 3; ++a) {
    for (int b = 0; b < 3; ++b) {
      if (a == b) continue;
      // G_a > G_b > the third, all independent: P(b second, G_b <= x, G_a <= y, G_a > G_b).
      double exact = 0;
      constexpr int kSteps = 20000;
      for (int i = 0; i < kSteps; ++i) {
        const double g = -6 + (x + 6) * (i + 0.5) / kSteps, e = std::exp(-g);
        const double density = p[b] * e * std::exp(-p[b] * e);  // of G_b
        const double third = std::exp(-p[3 - a - b] * e);
        const double above = std::exp(-p[a] * std::exp(-y)) - std::exp(-p[a] * e);
        exact += density * third * above * (x + 6) / kSteps;
      }
      CHECK(found[a][b] == Catch::Approx(exact).margin(0.015));
    }
  }
}

TEST_CASE("perturbed scores fall, begin with what is given, and end when asked to") {
  const auto row = reference::normal_row<float>(300, 2);
  lk::Workspace workspace;
  lk::detail::Perturbed perturbed;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    lk::Candidates set(row, workspace);
    std::set<lk::Token> tokens;
    double last = 7;
    perturbed(set, -3, 7, 0.5, lk::PhiloxDecider(seed), 1000, [&](lk::Token token, double key) {
      if (tokens.empty()) CHECK(key == 7);
      CHECK(key <= last);
      CHECK(tokens.insert(token).second);
      last = key;
      return tokens.size() < 280;
    });
    CHECK(tokens.size() == 280);
  }
  const std::vector<double> two{1, -kInfinity, 1};
  lk::Candidates set(two, workspace);
  int count = 0;
  perturbed(set, 0, 0, 0.5, lk::PhiloxDecider(0), 9, [&](lk::Token, double) { return ++count; });
  CHECK(count == 2);
}

TEST_CASE("a path is its tokens, seed and stream") {
  const auto id = [](std::uint64_t seed, std::uint64_t stream, std::vector<lk::Token> tokens) {
    lk::detail::TreePath path(seed, stream);
    for (const lk::Token token : tokens) path.accept(token);
    return path.id;
  };
  CHECK(id(1, 2, {3, 4}) == id(1, 2, {3, 4}));
  const std::set<std::uint64_t> all{id(1, 2, {3, 4}), id(1, 2, {4, 3}), id(1, 2, {3}),
                                    id(2, 2, {3, 4}), id(1, 3, {3, 4}), id(1, 2, {})};
  CHECK(all.size() == 6);
  const lk::detail::TreePath path(1, 2);
  CHECK(path.numbers(3).bits(0) != path.numbers(4).bits(0));
}
