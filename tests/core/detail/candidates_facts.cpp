// SPDX-License-Identifier: MIT
// Facts: ties to the lower token, sums that are those of long double, the sorted view.
#include <logitkit/core/detail/candidates_facts.hpp>

#include "reference/candidates.hpp"
#include "support/catch.hpp"
#include "support/flush_to_zero.hpp"
#include "support/rows.hpp"
#include "support/weight_error.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <utility>

namespace lk = logitkit;

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
  constexpr double kError = sizeof(S) == 4 ? 1e-6 : 1e-10;
  lk::Workspace workspace;
  for (const auto& named : test::all_named_rows<S>()) {
    const auto& row = named.scores;
    for (const double factor : {1.0, 1 / 0.7, 1 / 1.5}) {
      CAPTURE(named.name, factor);
      lk::Candidates set(row, workspace);
      set.scale(factor);
      reference::Candidates<S> twin(row);
      twin.scale(factor);
      REQUIRE(set.maximum() == Catch::Approx(twin.maximum()).epsilon(1e-15));
      REQUIRE(set.log_sum_exp() ==
              Catch::Approx(twin.log_sum_exp()).epsilon(1e-13).margin(2 * test::kWeightError<S>));
      REQUIRE(set.entropy() == Catch::Approx(twin.entropy()).epsilon(kError).margin(kError));
      REQUIRE(set.entropy() >= 0);
      REQUIRE(set.collision() == Catch::Approx(twin.collision()).epsilon(kError));
      REQUIRE(set.collision() <= 1 + kError);
      const double far = std::max(1.0, std::abs(twin.maximum()));
      REQUIRE(set.deviation() ==
              Catch::Approx(twin.deviation()).epsilon(kError).margin(1e-15 * far));
    }
  }
}

TEMPLATE_TEST_CASE("entropy of the uniform is ln V, of a certainty 0", "[candidates]", float,
                   double) {
  lk::Workspace workspace;
  for (const std::size_t size : test::kSizes) {
    std::vector<TestType> row(size, TestType(3));
    REQUIRE(
        lk::Candidates(row, workspace).entropy() ==
        Catch::Approx(std::log(double(size))).epsilon(1e-14).margin(test::kWeightError<TestType>));
    REQUIRE(lk::Candidates(row, workspace).collision() ==
            Catch::Approx(1 / double(size)).epsilon(2 * test::kWeightError<TestType>));
    row[0] = 3000;
    REQUIRE(lk::Candidates(row, workspace).entropy() == 0);
    REQUIRE(lk::Candidates(row, workspace).collision() ==
            Catch::Approx(1).epsilon(test::kWeightError<TestType>));
  }
}

TEMPLATE_TEST_CASE("facts of a list are those of the row it is left of, to the bit", "[candidates]",
                   float, double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const auto& named : test::all_named_rows<S>()) {
    const auto& row = named.scores;
    for (const double factor : {1.0, 1 / 0.7, 1e30}) {  // the last: what kernels cannot weigh
      CAPTURE(named.name, factor);
      const auto facts = [&](int narrowings) {
        lk::Candidates set(row, workspace);
        set.scale(factor);
        for (lk::Token token = 0; std::size_t(token) < row.size(); token += 11) set.ban(token);
        set.set(static_cast<lk::Token>(row.size() / 2), 1.5);
        if (narrowings == 1) set.keep_if([](lk::Token, double) { return true; });
        const std::vector<std::uint32_t> all((row.size() + 31) / 32, ~0u);
        if (narrowings == 2) set.mask(all);
        return std::vector<double>{set.entropy(), set.collision(), set.deviation(),
                                   set.log_sum_exp()};
      };
      REQUIRE(facts(1) == facts(0));
      REQUIRE(facts(2) == facts(0));
    }
  }
}

TEMPLATE_TEST_CASE("a fact does not depend on which was asked for first", "[candidates]", float,
                   double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const auto& named : test::all_named_rows<S>()) {
    const auto& row = named.scores;
    CAPTURE(named.name);
    const auto facts = [&](std::initializer_list<int> order) {
      lk::Candidates set(row, workspace);
      set.scale(1 / 0.7);
      double found[4] = {};
      for (const int fact : order) {
        found[fact] = fact == 0   ? set.log_sum_exp()
                      : fact == 1 ? set.entropy()
                      : fact == 2 ? set.collision()
                                  : set.deviation();
      }
      return std::vector<double>(found, found + 4);
    };
    const auto first = facts({0, 1, 2, 3});
    REQUIRE(facts({1, 0, 3, 2}) == first);
    REQUIRE(facts({2, 1, 0, 3}) == first);
    REQUIRE(facts({3, 2, 1, 0}) == first);
  }
}

TEST_CASE("facts of a bad status are 0, even where they were known", "[candidates]") {
  lk::Workspace workspace;
  const std::vector<float> row{1, 2, 3};
  lk::Candidates set(row, workspace);
  REQUIRE(set.deviation() > 0);
  set.ban(-1);
  REQUIRE(set.status() == lk::Status::token_out_of_range);
  REQUIRE(set.entropy() + set.collision() + set.deviation() == 0);
}

// Of the fuzzer's finding: a later block whose numbers are far larger made an earlier NaN vanish.
TEST_CASE("a NaN is found by whichever fact reads the row, wherever it is", "[candidates]") {
  const float sign = GENERATE(1.0f, -1.0f), later = GENERATE(0.0f, 200.0f);
  const auto set_in_use = lk::math::instruction_set();
  for (const auto instructions : {lk::math::InstructionSet::baseline, set_in_use}) {
    lk::math::force_instruction_set(instructions);
    lk::Workspace workspace;
    std::vector<float> row(2 * lk::math::kBlockNumbers + 1);
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = 0.5f * float(i % 5) + (i < lk::math::kBlockNumbers ? 0 : later);
    }
    const auto found_by = [&](auto fact) {
      lk::Candidates set(row, workspace);
      static_cast<void>(fact(set));
      return set.status() == lk::Status::not_a_number;
    };
    for (std::size_t at = 0; at < lk::math::kBlockNumbers; ++at) {
      const float number =
          std::exchange(row[at], std::copysign(std::numeric_limits<float>::quiet_NaN(), sign));
      CAPTURE(at, later);
      REQUIRE(found_by([](auto& set) { return set.status_and_mass(); }));
      REQUIRE(found_by([](auto& set) { return set.entropy(); }));
      REQUIRE(found_by([](auto& set) { return set.collision(); }));
      REQUIRE(found_by([](auto& set) { return set.deviation(); }));
      REQUIRE(found_by([](auto& set) { return set.draw(0.5); }));
      row[at] = number;
    }
    lk::math::force_instruction_set(set_in_use);
  }
}

TEMPLATE_TEST_CASE("facts are forgotten where something changes them", "[candidates]", float,
                   double) {
  const std::vector<TestType> row{1, 2, 3, 5, 8};
  lk::Workspace workspace;
  const auto check = [&](const auto& change) {
    lk::Workspace another;
    lk::Candidates set(row, workspace), fresh(row, another);
    static_cast<void>(set.entropy() + set.collision() + set.deviation());
    change(set), change(fresh);
    REQUIRE(set.entropy() == fresh.entropy());
    REQUIRE(set.collision() == fresh.collision());
    REQUIRE(set.deviation() == fresh.deviation());
  };
  check([](auto& set) { set.scale(0.25); });
  check([](auto& set) { set.keep_top(2); });
  check([](auto& set) { set.normalise(); });
  check([](auto& set) { set.add(4, -6.5); });
  check([](auto& set) { set.ban(4); });
  check([](auto& set) { set.mask(std::vector<std::uint32_t>{0x1b}); });
  check([](auto& set) { set.transform([](double score) { return -score; }); });
}

TEMPLATE_TEST_CASE("deviation: small rows by hand; what is banned does not count", "[candidates]",
                   float, double) {
  constexpr TestType kBanned = -std::numeric_limits<TestType>::infinity();
  lk::Workspace workspace;
  const auto of = [&](const std::vector<TestType>& row) {
    return lk::Candidates(row, workspace).deviation();
  };
  REQUIRE(of({7}) == 0);
  REQUIRE(of({0, 1}) == 0.5);
  REQUIRE(of({kBanned, 0, kBanned, 1, kBanned}) == 0.5);
  REQUIRE(of({2, 4, 4, 4, 5, 5, 7, 9}) == 2);
  REQUIRE(of({-100, -102}) == 1);
  REQUIRE(of({kBanned, kBanned}) == 0);  // of nothing
}

TEMPLATE_TEST_CASE("deviation of rows that sums of floats would lose", "[candidates]", float,
                   double) {
  using S = TestType;
  lk::Workspace workspace;
  const auto check = [&](const std::vector<S>& row) {
    const auto twin = reference::Candidates<S>(row).deviation();
    REQUIRE(lk::Candidates(row, workspace).deviation() == Catch::Approx(twin).epsilon(1e-6));
    const test::FlushToZero flush;
    REQUIRE(lk::Candidates(row, workspace).deviation() == Catch::Approx(twin).epsilon(1e-6));
  };
  for (const std::size_t size : {std::size_t(5), std::size_t(64), std::size_t(3000)}) {
    std::vector<S> row(size);
    const auto fill = [&](const auto& number) {
      for (std::size_t i = 0; i < size; ++i) row[i] = static_cast<S>(number(double(i % 7)));
      return row;
    };
    check(fill([](double x) { return 1e6 + x; }));         // far from 0
    check(fill([](double x) { return 1e-12 * x; }));       // nearer to it than any centre
    check(fill([](double x) { return 1e25 * (x - 3); }));  // squares beyond floats
    check(fill([](double x) { return x == 0 ? 1e6 : 0.001 * x; }));
    row = fill([](double x) { return x; });
    row[0] = S(3e7);  // one outlier, in the tile that the centre is from
    check(row);
    row = fill([](double x) { return x; });
    row[size - 1] = S(-1e15);
    check(row);
    // The first tile is around 0 and what follows is not, or too near to it.
    for (const double level : {1e3, -40.0, 1e-3, 1e-22}) {
      row = fill([](double x) { return x - 3; });
      for (std::size_t i = 64; i < size; ++i) row[i] = S(level * (1 + double(i % 5)));
      check(row);
    }
  }
  std::vector<S> row{S(1e-40), S(2e-40), S(4e-40)};  // denormal as floats
  check(row);
  const S huge = std::numeric_limits<S>::max();
  row = {huge, huge / 2, 0, 0};  // 0, 1/2, 1, 1 down: 0.41457 of it
  REQUIRE(lk::Candidates(row, workspace).deviation() ==
          Catch::Approx(0.4145780987944250 * double(huge)).epsilon(1e-6));
}

TEST_CASE("the deviation has the same bits where squares that are denormal break ties",
          "[candidates]") {
  const float tie = 1 + 0x1p-12f;  // its square lies between two floats
  std::vector<std::vector<float>> rows;
  for (const std::size_t size : {32u, 3000u, 128256u}) {
    std::vector<float> row(size, 0.0f);
    for (std::size_t i = 0; i < 16; ++i) row[i] = 1e-21f, row[16 + i] = i % 2 == 0 ? tie : -tie;
    rows.push_back(row);
  }
  std::vector<float> chain(384, 0.0f);  // ties in sums, from the smallest number on
  chain[0] = 0x1p-126f, chain[16] = 0x1p-149f, chain[1] = 1, chain[2] = -0.75f, chain[3] = 0.5f;
  chain[64] = 0x1p-102f, chain[128] = 0x1p-78f, chain[192] = 0x1p-54f, chain[256] = 0x1p-30f;
  chain[320] = 0x1p-6f;
  rows.push_back(chain);
  lk::Workspace workspace;
  const auto deviation = [&](const std::vector<float>& row, bool read) {
    lk::Candidates set(row, workspace);
    if (read) static_cast<void>(set.maximum());
    return set.deviation();
  };
  for (const auto& row : rows) {
    for (const bool read : {false, true}) {
      const double plain = deviation(row, read);
      const test::FlushToZero flush;
      CHECK(deviation(row, read) == plain);
    }
  }
}

TEMPLATE_TEST_CASE("sorted is the whole order, or its beginning", "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const auto& named : test::all_named_rows<S>()) {
    const auto& row = named.scores;
    CAPTURE(named.name);
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

TEMPLATE_TEST_CASE("a rank is one more than what scores more, before and after narrowing",
                   "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const auto& named : test::all_named_rows<S>()) {
    const auto& row = named.scores;
    for (int pass = 0; pass < 3; ++pass) {
      lk::Candidates set(row, workspace);
      if (pass > 0) set.add(0, S(0.5));
      if (pass > 1) set.keep_if([](lk::Token token, auto) { return token % 3 != 1; });
      const auto order = set.sorted();
      const std::vector<lk::Candidate> all(order.begin(), order.end());
      std::size_t rank = 0;
      for (std::size_t i = 0; i < all.size(); ++i) {
        const bool equal = i > 0 && !(all[i].score < all[i - 1].score);
        if (!equal) rank = i + 1;
        if (i % 7 != 0) continue;
        if (set.rank(all[i].token) != rank) FAIL_CHECK(named.name << ", place " << i);
      }
      set.ban(0);
      CHECK(set.rank(0) == 0);
      CHECK(set.rank(-1) == 0);
      CHECK(set.rank(static_cast<lk::Token>(row.size())) == 0);
    }
  }
  const S nan = std::numeric_limits<S>::quiet_NaN();
  const std::vector<S> bad{1, nan, 2};
  lk::Candidates set(bad, workspace);
  CHECK(set.rank(2) == 0);
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
  for (const auto& named : test::all_named_rows<S>()) {
    const auto& row = named.scores;
    for (const bool narrowed : {false, true}) {
      CAPTURE(named.name, narrowed);
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

TEST_CASE("the deviation of equal scores is 0, near 0, too, whatever is banned", "[candidates]") {
  for (const float level : {0.0f, 1e-30f, -3.25f, 1e30f}) {
    std::vector<float> row(64 * 40 + 3, level);
    for (std::size_t i = 0; i < row.size(); i += 5)
      row[i] = -std::numeric_limits<float>::infinity();
    lk::Workspace workspace;
    lk::Candidates set(row, workspace);
    CHECK(set.deviation() == 0);
    set.add(7, 1 + std::abs(double(level)));
    CHECK(set.deviation() > 0);
  }
}

TEMPLATE_TEST_CASE("the chance that two draws agree is 1 at most", "[facts]", float, double) {
  lk::Workspace workspace;
  for (int i = 0; i < 2000; ++i) {
    const std::vector<TestType> row{TestType(8094.26514 - 3.7 * i)};
    const double collision = lk::Candidates(row, workspace).collision();
    CHECK((collision <= 1 && collision > 1 - 1e-6));
  }
}

TEST_CASE("the sorted view of denormals shows their order, flushed or not", "[facts]") {
  const std::vector<double> row{1e-310, 3e-310, 2e-310};
  lk::Workspace workspace;
  std::vector<std::uint64_t> bits;
  {
    const test::FlushToZero flush;
    lk::Candidates set(row, workspace);
    for (const auto& [token, score] : set.sorted()) {
      bits.push_back(std::bit_cast<std::uint64_t>(score));
    }
  }
  REQUIRE(bits.size() == 3);
  CHECK(bits[0] > bits[1]);
  CHECK(bits[1] > bits[2]);
}
