// SPDX-License-Identifier: MIT
// Facts and draws: ties to the lower token, exact ends of the unit interval, enumerated draws.
#include <logitkit/core/detail/candidates_facts.hpp>

#include "reference/candidates.hpp"
#include "support/catch.hpp"
#include "support/flush_to_zero.hpp"
#include "support/rows.hpp"
#include "support/weight_error.hpp"

#include <limits>

namespace lk = logitkit;

namespace {

constexpr double kLast = 1 - 0x1p-53;

template <class S>
constexpr S kInfinity = std::numeric_limits<S>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("the best of equals is the lowest token, and -0 equals +0", "[candidates]",
                   float, double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const std::size_t size : test::kSizes) {
    std::vector<S> row(size, S(2));
    REQUIRE(lk::Candidates(row, workspace).best() == 0);
    row.assign(size, S(0.0));
    row[0] = S(-0.0);
    REQUIRE(lk::Candidates(row, workspace).best() == 0);
    row.assign(size, S(-0.0));
    row[size - 1] = S(0.0);
    REQUIRE(lk::Candidates(row, workspace).best() == 0);
    row.assign(size, S(-1));
    row[size / 2] = row[size - 1] = S(3);
    lk::Candidates set(row, workspace);
    REQUIRE(set.best() == static_cast<lk::Token>(size / 2));
    set.keep_if([](lk::Token, auto) { return true; });
    REQUIRE(set.best() == static_cast<lk::Token>(size / 2));
  }
}

TEMPLATE_TEST_CASE("denormals are ordered, with and without flush-to-zero", "[candidates]", float,
                   double) {
  using S = TestType;
  const S tiny = std::numeric_limits<S>::denorm_min();
  std::vector<S> row(100, S(0));
  row[70] = tiny * 2, row[30] = tiny, row[99] = tiny * 2, row[5] = -tiny;
  const auto run = [&] {
    lk::Workspace workspace;
    lk::Candidates set(row, workspace);
    std::vector<lk::Token> tokens{set.best()};
    for (const auto& entry : set.sorted(5)) tokens.push_back(entry.token);
    set.keep_top(99);
    REQUIRE_FALSE(set.contains(5));
    set.keep_top(3);
    for (lk::Token t = 0; t < 100; ++t) {
      if (set.size() == 3 && set.contains(t)) tokens.push_back(t);
    }
    set.keep_top(2);
    tokens.push_back(set.best());
    return tokens;
  };
  const std::vector<lk::Token> expected{70, 70, 99, 30, 0, 1, 30, 70, 99, 70};
  REQUIRE(run() == expected);
  const test::FlushToZero flush;
  REQUIRE(run() == expected);
}

TEMPLATE_TEST_CASE("facts are those of long double", "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const auto& [name, row] : test::all_named_rows<S>()) {
    for (const double factor : {1.0, 1 / 0.7, 1 / 1.5}) {
      CAPTURE(name, factor);
      lk::Candidates set(row, workspace);
      set.scale(factor);
      reference::Candidates<S> twin(row);
      twin.scale(factor);
      REQUIRE(set.maximum() == Catch::Approx(twin.maximum()).epsilon(1e-15));
      REQUIRE(set.log_sum_exp() ==
              Catch::Approx(twin.log_sum_exp()).epsilon(1e-13).margin(2 * test::kWeightError<S>));
      REQUIRE(set.entropy() == Catch::Approx(twin.entropy()).epsilon(1e-10).margin(1e-10));
      REQUIRE(set.entropy() >= 0);
    }
  }
}

TEMPLATE_TEST_CASE("entropy of the uniform is ln V, of a certainty 0", "[candidates]", float,
                   double) {
  lk::Workspace workspace;
  for (const std::size_t size : test::kSizes) {
    std::vector<TestType> row(size, TestType(3));
    REQUIRE(lk::Candidates(row, workspace).entropy() ==
            Catch::Approx(std::log(double(size))).epsilon(1e-14).margin(1e-15));
    row[0] = 3000;
    REQUIRE(lk::Candidates(row, workspace).entropy() == 0);
  }
}

TEMPLATE_TEST_CASE("sorted is the whole order, or its beginning", "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const auto& [name, row] : test::all_named_rows<S>()) {
    CAPTURE(name);
    const auto order = reference::Candidates<S>(row).order();
    for (const bool narrow : {false, true}) {
      lk::Candidates set(row, workspace);
      if (narrow) set.keep_if([](lk::Token, auto) { return true; });
      for (const std::size_t n : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{15},
                                  std::size_t{16}, std::size_t{500}, ~std::size_t{0}}) {
        const auto sorted = set.sorted(n);
        REQUIRE(sorted.size() == std::min(n, order.size()));
        for (std::size_t i = 0; i < sorted.size(); ++i) {
          if (sorted[i].token != order[i]) FAIL("rank " << i << " of " << n);
          if (sorted[i].score != row[std::size_t(order[i])]) FAIL("score at " << i);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("a draw is the quantile: first with cumulative > u * total", "[candidates]",
                   float, double) {
  using S = TestType;
  lk::Workspace workspace;
  std::vector<S> row{0, 0, -kInfinity<S>, 0, 0, 0};
  lk::Candidates equal(row, workspace);  // five equal tokens
  const double fifth = 0.2;
  REQUIRE(equal.draw(0) == 0);
  REQUIRE(equal.draw(std::nextafter(fifth, 0)) == 0);
  REQUIRE(equal.draw(std::nextafter(2 * fifth, 1)) == 3);
  REQUIRE(equal.draw(kLast) == 5);
  // Four equal tokens: u = i/4 is the first number of token i, exactly.
  row = {7, 7, 7, 7};
  for (const bool narrow : {false, true}) {
    lk::Candidates set(row, workspace);
    if (narrow) set.keep_if([](lk::Token, auto) { return true; });
    for (lk::Token token = 0; token < 4; ++token) {
      REQUIRE(set.draw(token * 0.25) == token);
      REQUIRE(set.draw((token + 1) * 0.25 - 0x1p-53) == token);
    }
  }
  // 128 equal tokens, two tiles: the same at every border.
  row.assign(128, S(-3));
  lk::Candidates set(row, workspace);
  for (lk::Token token = 0; token < 128; ++token) {
    REQUIRE(set.draw(token / 128.0) == token);
    REQUIRE(set.draw((token + 1) / 128.0 - 0x1p-53) == token);
  }
}

TEMPLATE_TEST_CASE("no u ever draws a banned token", "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const std::size_t size : test::kSizes) {
    for (std::size_t good = 0; good < size; good += 1 + size / 70) {
      std::vector<S> row(size, -kInfinity<S>);
      row[good] = S(-12345);
      for (const bool narrow : {false, true}) {
        lk::Candidates set(row, workspace);
        if (narrow) set.keep_if([](lk::Token, auto) { return true; });
        for (const double u : {0.0, 0x1p-53, 0.5, kLast}) {
          if (set.draw(u) != static_cast<lk::Token>(good)) FAIL(size << ' ' << good << ' ' << u);
        }
      }
    }
    std::vector<S> row(size, S(1));  // banned by edits, in the set and before narrowing
    lk::Candidates set(row, workspace);
    for (std::size_t i = 0; i < size; ++i) {
      if (i != size / 2) set.ban(static_cast<lk::Token>(i));
    }
    REQUIRE(set.draw(0) == static_cast<lk::Token>(size / 2));
    REQUIRE(set.draw(kLast) == static_cast<lk::Token>(size / 2));
  }
}

TEMPLATE_TEST_CASE("no u ever draws a token without mass", "[candidates]", float, double) {
  lk::Workspace workspace;
  const std::vector<TestType> row{-100, 0, -100, 0, -100};  // e^-100 is below the last bit
  for (const bool narrow : {false, true}) {
    lk::Candidates set(row, workspace);
    if (narrow) set.keep_if([](lk::Token, auto) { return true; });
    REQUIRE(set.draw(0) == 1);
    REQUIRE(set.draw(0.5) == 3);
    REQUIRE(set.draw(kLast) == 3);
  }
}

TEMPLATE_TEST_CASE("drawing from a row equals drawing from the same tokens narrowed",
                   "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace, other;
  test::Random random(9);
  for (const auto& [name, row] : test::all_named_rows<S>()) {
    CAPTURE(name);
    lk::Candidates dense(row, workspace), narrowed(row, other);
    dense.scale(0.9), narrowed.scale(0.9);
    narrowed.keep_if([](lk::Token, auto) { return true; });
    REQUIRE(narrowed.narrowed());
    REQUIRE(dense.log_sum_exp() == narrowed.log_sum_exp());
    REQUIRE(dense.entropy() == narrowed.entropy());
    for (int i = 0; i < 50; ++i) {
      const double u = i == 0 ? 0 : i == 1 ? kLast : random.uniform();
      if (dense.draw(u) != narrowed.draw(u)) FAIL(u);
    }
  }
}

TEMPLATE_TEST_CASE("the number of draws near a border is the probability", "[candidates]", float,
                   double) {
  // Walks the production path: u on a grid of 2^16; each token must get its share, give or take 1.
  using S = TestType;
  lk::Workspace workspace;
  const auto row = test::gauss_row<S>(70, 1.5, 21);
  lk::Candidates set(row, workspace);
  const reference::Candidates<S> twin(row);
  std::vector<int> counts(row.size());
  constexpr int kGrid = 1 << 16;
  for (int i = 0; i < kGrid; ++i) ++counts[static_cast<std::size_t>(set.draw(double(i) / kGrid))];
  const auto weights = twin.weights();
  const long double total = twin.total();
  for (std::size_t i = 0; i < row.size(); ++i) {
    REQUIRE(std::fabs(counts[i] - kGrid * weights[i] / total) <= 1.0001L);
  }
}

TEST_CASE("a number outside [0,1) draws as the nearest one inside", "[candidates]") {
  const std::vector<float> row(100, 0.0f);
  const double inf = std::numeric_limits<double>::infinity();
  for (const bool narrow : {false, true}) {
    lk::Workspace workspace;
    lk::Candidates set(row, workspace);
    if (narrow) set.keep_top(70);
    const lk::Token last = narrow ? 69 : 99;
    for (const double u : {1.0, 1.5, inf}) REQUIRE(set.draw(u) == last);
    for (const double u : {-0.0, -0.5, -inf, inf - inf}) REQUIRE(set.draw(u) == 0);
  }
}

TEST_CASE("the largest negative number is a score, whatever the scale", "[candidates]") {
  const std::vector<float> row(4, std::numeric_limits<float>::lowest());  // how some write "masked"
  lk::Workspace workspace;
  lk::Candidates set(row, workspace);
  set.scale(2);
  REQUIRE(set.contains(1));
  REQUIRE(set.log_probability(1) == Catch::Approx(std::log(0.25)));
  set.add(1, -std::numeric_limits<float>::max());  // too small for a float: the smallest there is
  REQUIRE(set.contains(1));
  REQUIRE(set.status() == lk::Status::ok);
}

TEST_CASE("in sorted order a smaller logit shows a smaller score", "[candidates]") {
  const float base = 1e-9f, next = std::nextafter(base, 1.0f), third = std::nextafter(next, 1.0f);
  lk::Workspace workspace;
  const std::vector<float> row{base, third, next, next, 0.5f};
  lk::Candidates set(row, workspace);
  set.normalise();  // the shift is too large for these differences
  const auto sorted = set.sorted();
  REQUIRE(sorted.size() == 5);
  for (const std::size_t i : {1u, 2u, 4u}) REQUIRE(sorted[i].score < sorted[i - 1].score);
  REQUIRE(sorted[3].score == sorted[2].score);
}

TEMPLATE_TEST_CASE("a sorted view from a score on is the beginning of the whole view",
                   "[candidates]", float, double) {
  using S = TestType;
  constexpr double inf = std::numeric_limits<double>::infinity();
  lk::Workspace workspace;
  for (const auto& [name, row] : test::all_named_rows<S>()) {
    for (const bool narrowed : {false, true}) {
      CAPTURE(name, narrowed);
      lk::Candidates set(row, workspace);
      set.scale(1 / 0.7);
      set.normalise();
      set.add(static_cast<lk::Token>(row.size() / 2), -3);
      if (narrowed) set.keep_top(row.size() / 2 + 1);
      for (const std::size_t n : {std::size_t(1), std::size_t(9), row.size()}) {
        const auto view = set.sorted(n);
        const std::vector<lk::Candidate> all(view.begin(), view.end());
        const auto check = [&](double at_least) {
          const auto some = set.sorted(n, at_least);
          std::size_t size = 0;
          while (size < all.size() && set.score(all[size].token) >= at_least) ++size;
          REQUIRE(some.size() == size);
          for (std::size_t i = 0; i < size; ++i) {
            REQUIRE(some[i].token == all[i].token);
            REQUIRE(some[i].score == all[i].score);
          }
        };
        for (const double at_least : {-inf, -1e300, -5.0, -0.0, 1e300, inf, inf - inf}) {
          check(at_least);
        }
        for (std::size_t i = 0; i < all.size(); i += 1 + all.size() / 7) {
          const double score = set.score(all[i].token);
          check(score);
          check(std::nextafter(score, inf));
        }
      }
    }
  }
}
