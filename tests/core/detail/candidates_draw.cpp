// SPDX-License-Identifier: MIT
// Draws: exact ends of the unit interval, enumerated draws, no token that cannot come.
#include <logitkit/core/detail/candidates_draw.hpp>

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

TEMPLATE_TEST_CASE("next to every border sums of tiles decide as exact masses do", "[candidates]",
                   float, double) {
  using S = TestType;
  // A narrowed set is drawn from by exact masses alone.
  lk::Workspace workspace, other;
  test::Random random(4);
  for (const double spread : {0.001, 2.0, 9.0}) {
    for (const double scale : {1.0, 1.25, 1 / 0.7}) {
      auto row = test::gauss_row<S>(3000, spread, 5);
      if constexpr (std::same_as<S, double>) {  // more digits than a float has
        for (double& x : row) x += random.uniform() * 1e-9 + 1234;
      }
      lk::Candidates narrowed(row, other);
      narrowed.scale(scale);
      narrowed.keep_if([](lk::Token, auto) { return true; });
      for (int i = 0; i < 300; ++i) {
        const double inside = (i + random.uniform()) / 300;  // some token's
        const lk::Share share = narrowed.share_at(
            [=](const lk::math::Mass& total) { return lk::math::fraction_of(total, inside); });
        lk::math::Mass sum = share.before;
        sum += share.own;
        const double border = sum.to_double() / share.total.to_double();
        for (const double away : {0.0, 0x1p-53, -0x1p-53, 1e-12, -1e-12, 1e-7, -1e-7, 3e-6}) {
          lk::Candidates dense(row, workspace);
          dense.scale(scale);
          const double u = std::min(border + away, kLast);
          if (dense.draw(u) != narrowed.draw(u)) FAIL(border << " and " << away);
        }
      }
    }
  }
}

TEMPLATE_TEST_CASE("a row read for the draw draws as one that has been looked at", "[candidates]",
                   float, Eigen::half, Eigen::bfloat16) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  lk::Workspace workspace, other;
  const auto check = [&](const std::vector<TestType>& row, double scale) {
    for (int i = 0; i <= 40; ++i) {
      lk::Candidates read(row, workspace), looked_at(row, other);
      read.scale(scale);
      looked_at.scale(scale);
      const lk::Status status = looked_at.status();
      if (i % 2 == 0) looked_at.keep_if([](lk::Token, double) { return true; });  // all in a list
      REQUIRE(read.draw(i / 40.0) == looked_at.draw(i / 40.0));
      REQUIRE(read.status() == status);
      REQUIRE(read.best() == looked_at.best());
    }
  };
  for (const std::size_t size : {1u, 64u, 1000u, 1024u, 1025u, 5000u}) {
    for (const float late : {0.0f, 3.0f, 30.0f, 60.0f, 1000.0f, 6e4f, kInfinity<float>, kNan}) {
      std::vector<TestType> row;
      for (std::size_t i = 0; i < size; ++i) {
        row.push_back(static_cast<TestType>(static_cast<float>(i * 7919 % 1009) / 500));
      }
      row.back() = static_cast<TestType>(late);  // in rows of more than 1024 not among the first
      CAPTURE(size, late);
      check(row, 1.25);
      check(row, 0x1p-70);  // beyond what the kernels weigh
      if (size <= 1024) continue;
      std::fill_n(row.begin(), 1024, static_cast<TestType>(-kInfinity<float>));
      check(row, 0.3);
    }
  }
}

TEMPLATE_TEST_CASE("quick sums see edits and masks", "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace, other;
  test::Random random(6);
  const auto row = test::gauss_row<S>(5000, 2, 5);
  for (int round = 0; round < 40; ++round) {
    std::vector<std::uint32_t> words(round % 2 == 0 ? 157 : 100);
    for (auto& word : words) word = static_cast<std::uint32_t>(random.uniform() * 0x1p32);
    lk::Candidates dense(row, workspace), narrowed(row, other);
    for (auto* set : {&dense, &narrowed}) {
      set->scale(1.25);
      if (round % 4 < 2) set->mask(words);
      for (int edit = 0; edit < round % 5; ++edit) {
        set->set(edit * 321, 9), set->ban(edit * 77 + 1), set->add(4999, 2);
      }
    }
    narrowed.keep_if([](lk::Token, auto) { return true; });
    for (int i = 0; i < 50; ++i) {
      const double u = random.uniform();
      if (dense.draw(u) != narrowed.draw(u)) FAIL("round " << round << ", u " << u);
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

TEMPLATE_TEST_CASE("shares lie one after the other and fill the total", "[candidates]", float,
                   double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const std::size_t size : test::kSizes) {
    std::vector<S> row = test::gauss_row<S>(size, 4, size);
    if (size > 2) row[1] = -kInfinity<S>;
    for (const bool narrow : {false, true}) {
      lk::Candidates set(row, workspace);
      if (narrow) set.keep_top(size / 2 + 1);
      lk::math::Mass next{};
      lk::Token last = lk::kNoToken;
      for (bool end = false; !end;) {  // from the first mass of each to its last
        const lk::Share share = set.share_at([&](const lk::math::Mass&) { return next; });
        REQUIRE(share.token > last);
        REQUIRE(share.before == next);
        REQUIRE(share.own > lk::math::Mass{});
        next += share.own;
        lk::math::Mass inside = next;
        inside -= {0, 1};
        const lk::Share same = set.share_at([&](const lk::math::Mass&) { return inside; });
        REQUIRE(same.token == share.token);
        REQUIRE(same.before == share.before);
        last = share.token;
        end = next == share.total;
      }
      for (const double u : {0.0, 0.25, 0.7, kLast}) {
        const auto at = [u](const lk::math::Mass& total) {
          return lk::math::fraction_of(total, u);
        };
        REQUIRE(set.share_at(at).token == set.draw(u));
      }
    }
  }
  std::vector<S> banned(9, -kInfinity<S>);
  lk::Candidates set(banned, workspace);
  CHECK(set.share_at([](const lk::math::Mass& total) { return total; }).token == lk::kNoToken);
}
