// SPDX-License-Identifier: MIT
// Editing candidates: one token, all tokens, under a scale; and what an edit must not touch.
#include <logitkit/core/detail/candidates_edit.hpp>

#include "support/catch.hpp"
#include "support/kept.hpp"
#include "support/rows.hpp"
#include "support/weight_error.hpp"

#include <limits>
#include <stdexcept>

namespace lk = logitkit;

namespace {

template <class S>
constexpr S kInfinity = std::numeric_limits<S>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("set, add and ban change one score each", "[candidates]", float, double) {
  using S = TestType;
  const std::vector<S> row{1, 2, 3, -kInfinity<S>};
  for (const bool narrow : {false, true}) {
    lk::Workspace workspace;
    lk::Candidates set(row, workspace);
    if (narrow) set.keep_if([](lk::Token, auto) { return true; });
    set.set(0, 7);
    set.add(1, S(-0.5));
    set.ban(2);
    set.add(3, 100);
    REQUIRE(set.score(0) == 7);
    REQUIRE(set.score(1) == S(1.5));
    REQUIRE(set.score(2) == -kInfinity<S>);
    REQUIRE(set.score(3) == -kInfinity<S>);
    REQUIRE(set.best() == 0);
    set.add(0, 1), set.add(0, 1);  // edits add up
    REQUIRE(set.score(0) == 9);
    set.add(2, 5);
    REQUIRE_FALSE(set.contains(2));  // what is added to a banned token changes nothing
    REQUIRE(set.status() == lk::Status::ok);
  }
}

TEMPLATE_TEST_CASE("facts follow edits up and down, in every tile", "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  const std::vector<S> row(200, S(0));
  lk::Candidates set(row, workspace);
  for (lk::Token token = 199; token >= 0; token -= 13) {
    REQUIRE(set.best() == 0);
    set.set(token, 5);  // a new best
    REQUIRE(set.best() == token);
    REQUIRE(set.maximum() == 5);
    REQUIRE(set.draw(0.999) >= token);
    const double sum = std::exp(5.0) + 199;
    REQUIRE(set.log_sum_exp() == Catch::Approx(std::log(sum)).margin(2 * test::kWeightError<S>));
    set.set(token, 0);  // and back: the tile's maximum must go down, too
    REQUIRE(set.maximum() == 0);
    REQUIRE(set.log_sum_exp() == Catch::Approx(std::log(200.0)).margin(2 * test::kWeightError<S>));
  }
  for (lk::Token token = 0; token < 199; ++token) {
    set.ban(token);
    REQUIRE(set.best() == token + 1);
    REQUIRE(set.draw(0) == token + 1);
  }
  set.ban(199);
  REQUIRE(set.best() == lk::kNoToken);
  REQUIRE(set.status() == lk::Status::nothing_left);
  set.set(100, -3);
  REQUIRE(set.status() == lk::Status::ok);
  REQUIRE(set.draw(0.5) == 100);
}

TEMPLATE_TEST_CASE("edits count before a first narrowing of any kind", "[candidates]", float,
                   double) {
  using S = TestType;
  lk::Workspace workspace;
  std::vector<S> row(300, S(0));
  row[17] = 4;
  const auto survivors_of = [&](const auto& narrow) {
    lk::Candidates set(row, workspace);
    set.set(17, S(-1));  // its tile's old maximum would let it through
    set.set(250, S(3));  // its tile's old maximum would hide it
    narrow(set);
    return test::kept(set);
  };
  const std::vector<lk::Token> only{250};
  REQUIRE(survivors_of([](auto& set) { set.keep_top(1); }) == only);
  REQUIRE(survivors_of([](auto& set) { set.keep_above(2); }) == only);
  REQUIRE(survivors_of([](auto& set) { set.keep_mass(0.01); }) == only);
  REQUIRE(survivors_of([](auto& set) { set.keep_if([](auto, double s) { return s > 2; }); }) ==
          only);
  REQUIRE(survivors_of([](auto& set) { set.keep_only(std::vector<lk::Token>{250}); }) == only);
}

TEMPLATE_TEST_CASE("a dropped token stays out", "[candidates]", float, double) {
  lk::Workspace workspace;
  const std::vector<TestType> row{5, 4, 3, 2};
  lk::Candidates set(row, workspace);
  set.keep_top(2);
  set.set(3, 100);
  set.add(2, 100);
  set.ban(2);
  REQUIRE(set.size() == 2);
  REQUIRE_FALSE(set.contains(3));
  REQUIRE(set.best() == 0);
  REQUIRE(set.status() == lk::Status::ok);
}

TEMPLATE_TEST_CASE("an edit outside the vocabulary is a status, and nothing else", "[candidates]",
                   float, double) {
  lk::Workspace workspace;
  const std::vector<TestType> row{5, 4, 3};
  for (const lk::Token token :
       {-1, 3, 64, std::numeric_limits<lk::Token>::max(), std::numeric_limits<lk::Token>::min()}) {
    for (int kind = 0; kind < 4; ++kind) {
      for (const bool narrow : {false, true}) {
        lk::Candidates set(row, workspace);
        if (narrow) set.keep_top(2);
        if (kind == 0) set.set(token, 9);
        if (kind == 1) set.add(token, 9);
        if (kind == 2) set.ban(token);
        if (kind == 3) set.keep_only(std::vector<lk::Token>{0, token});
        REQUIRE(set.status() == lk::Status::token_out_of_range);
        REQUIRE(set.draw(0.5) == lk::kNoToken);
        REQUIRE(set.score(0) == 5);
      }
    }
  }
}

TEMPLATE_TEST_CASE("a NaN or +inf made by an edit is a status", "[candidates]", float, double) {
  using S = TestType;
  const S nan = std::numeric_limits<S>::quiet_NaN();
  const std::vector<S> row{5, 4, 3};
  for (const bool narrow : {false, true}) {
    const auto status_after = [&](const auto& edit) {
      lk::Workspace workspace;
      lk::Candidates set(row, workspace);
      if (narrow) set.keep_top(2);
      edit(set);
      return set.status();
    };
    REQUIRE(status_after([&](auto& set) { set.set(0, nan); }) == lk::Status::not_a_number);
    REQUIRE(status_after([&](auto& set) { set.add(0, nan); }) == lk::Status::not_a_number);
    REQUIRE(status_after([&](auto& set) { set.set(0, kInfinity<S>); }) ==
            lk::Status::positive_infinity);
    REQUIRE(status_after([&](auto& set) { set.transform([&](auto) { return nan; }); }) ==
            lk::Status::not_a_number);
    REQUIRE(status_after([&](auto& set) {
              set.transform([&](lk::Token t, double s) { return t == 1 ? kInfinity<S> : s; });
            }) == lk::Status::positive_infinity);
  }
}

TEMPLATE_TEST_CASE("transform sees scores, banned stays banned, scale and shift are spent",
                   "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  const std::vector<S> row{1, -kInfinity<S>, 3, 4};
  for (const bool narrow : {false, true}) {
    lk::Candidates set(row, workspace);
    if (narrow) set.keep_if([](lk::Token, auto) { return true; });
    set.scale(2);
    set.ban(3);
    set.normalise();  // 2 and 6, less ln(e^2 + e^6)
    set.transform([](lk::Token token, double score) { return score + S(token); });
    const double shift = 6 + std::log1p(std::exp(-4.0));
    REQUIRE(double(set.score(0)) == Catch::Approx(2 - shift));
    REQUIRE(set.score(1) == -kInfinity<S>);
    REQUIRE(double(set.score(2)) == Catch::Approx(8 - shift));
    REQUIRE(set.score(3) == -kInfinity<S>);
    set.transform([](auto) { return S(1); });
    REQUIRE(set.score(0) == 1);
    REQUIRE_FALSE(set.contains(1));
    REQUIRE_FALSE(set.contains(3));
    REQUIRE(set.log_sum_exp() ==
            Catch::Approx(1 + std::log(2.0)).margin(2 * test::kWeightError<S>));
    set.transform([](auto) { return -kInfinity<S>; });
    REQUIRE(set.status() == lk::Status::nothing_left);
  }
}

TEMPLATE_TEST_CASE("scale multiplies, again and again, and edits are in scaled scores",
                   "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  const std::vector<S> row{1, 2, -4};
  lk::Candidates set(row, workspace);
  set.scale(1 / 0.7);
  set.scale(1 / 1.3);
  const double factor = 1 / 0.7 / 1.3, close = sizeof(S) == 4 ? 1e-6 : 1e-15;
  REQUIRE(double(set.score(2)) == Catch::Approx(-4 * factor).epsilon(close));
  set.set(0, 3);
  set.add(1, 2);
  REQUIRE(double(set.score(0)) == Catch::Approx(3).epsilon(close));
  REQUIRE(double(set.score(1)) == Catch::Approx(2 * factor + 2).epsilon(close));
  REQUIRE(set.best() == 1);
}

TEMPLATE_TEST_CASE("normalised exponentials sum to one, and twice is once", "[candidates]", float,
                   double) {
  lk::Workspace workspace;
  for (const auto& [name, row] : test::all_named_rows<TestType>()) {
    CAPTURE(name);
    lk::Candidates set(row, workspace);
    set.scale(0.8);
    const lk::Token best = set.best();
    const lk::Token drawn = set.draw(0.37);
    set.normalise();
    REQUIRE(set.log_sum_exp() == Catch::Approx(0).margin(1e-10));
    double sum = 0;
    for (const auto [token, score] : set) sum += std::exp(double(score));
    REQUIRE(sum == Catch::Approx(1).epsilon(sizeof(TestType) == 4 ? 4e-3 : 1e-9));
    REQUIRE(set.best() == best);
    REQUIRE(set.draw(0.37) == drawn);
    const double maximum = set.maximum();
    set.normalise();
    REQUIRE(set.maximum() == maximum);
  }
}

TEMPLATE_TEST_CASE("a predicate that throws leaves the set as it was", "[candidates]", float,
                   double) {
  using S = TestType;
  const std::vector<S> row(200, S(1));
  for (const bool narrow : {false, true}) {
    lk::Workspace workspace;
    lk::Candidates set(row, workspace);
    if (narrow) set.keep_if([](lk::Token token, auto) { return token % 2 == 0; });
    REQUIRE_THROWS_AS(set.keep_if([](lk::Token token, auto) -> bool {
      if (token == 100) throw 1;
      return token % 4 == 0;
    }),
                      int);
    set.keep_if([](lk::Token, auto) { return true; });
    CAPTURE(narrow);
    std::vector<lk::Token> expected;
    for (lk::Token token = 0; token < 200; token += narrow ? 2 : 1) expected.push_back(token);
    CHECK(test::kept(set) == expected);
  }
}

TEST_CASE("what transform is given may ask for the best from before", "[candidates]") {
  std::vector<float> row(100);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = float((37 * i) % 100);
  for (const bool narrow : {false, true}) {
    lk::Workspace workspace;
    lk::Candidates set(row, workspace);
    if (narrow) set.keep_top(60);
    set.transform([&](double score) { return score - set.maximum(); });
    REQUIRE(set.maximum() == 0);
    REQUIRE(set.score(27) == 0);  // token 27 scored 99
    REQUIRE(set.score(2) == 74 - 99);
  }
}

TEST_CASE("a factor that is not a positive number is a bad status", "[candidates]") {
  const std::vector<float> row{1, 2, 3};
  const double inf = std::numeric_limits<double>::infinity();
  for (const double factor : {0.0, -1.0, inf, inf - inf}) {
    lk::Workspace workspace;
    lk::Candidates set(row, workspace);
    set.scale(factor);
    REQUIRE(set.status() == lk::Status::not_a_number);
    REQUIRE(set.draw(0.5) == lk::kNoToken);
  }
}

TEMPLATE_TEST_CASE("shift adds to every score, under a scale and in a narrowed set", "[candidates]",
                   float, double) {
  using S = TestType;
  const std::vector<S> row{1, 2, -kInfinity<S>, 3};
  for (const bool narrow : {false, true}) {
    lk::Workspace workspace;
    lk::Candidates set(row, workspace);
    if (narrow) set.keep_if([](lk::Token, auto) { return true; });
    const double before = set.log_sum_exp();
    set.shift(5);
    REQUIRE(set.score(0) == 6);
    REQUIRE(set.score(2) == -kInfinity<S>);
    REQUIRE(set.maximum() == 8);
    REQUIRE(set.log_sum_exp() == Catch::Approx(before + 5));
    set.scale(2);
    set.shift(-1);
    REQUIRE(set.score(1) == 13);
    set.set(1, 7);
    REQUIRE(set.score(1) == 7);
    set.transform([](double score) { return score; });
    REQUIRE(set.score(3) == 15);
    set.shift(1e300), set.shift(1e300);
    REQUIRE(set.best() == 3);
    REQUIRE(set.status() == lk::Status::ok);
    set.shift(std::numeric_limits<double>::infinity());
    REQUIRE(set.status() == lk::Status::not_a_number);
  }
}

TEST_CASE("the first bad status stays", "[candidates]") {
  const std::vector<float> row{1, 2, 3};
  lk::Workspace workspace;
  lk::Candidates set(row, workspace);
  set.fail(lk::Status::wrong_length);
  set.fail(lk::Status::token_out_of_range);
  REQUIRE(set.status() == lk::Status::wrong_length);
  REQUIRE(set.draw(0.5) == lk::kNoToken);
}

TEST_CASE("an edit that sets a score to itself changes nothing", "[candidates]") {
  lk::Workspace workspace;
  std::vector<float> row(1000);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = std::sin(float(i)) * 10;
  lk::Candidates set(row, workspace);
  set.scale(1 / 0.7);
  for (lk::Token token = 0; token < 1000; ++token) set.set(token, set.score(token));
  set.scale(0.7);
  for (lk::Token token = 0; token < 1000; ++token) {
    REQUIRE(set.score(token) == Catch::Approx(double(row[std::size_t(token)])).epsilon(1e-14));
  }
}

TEMPLATE_TEST_CASE("edit_each replaces scores where there are some, and else does nothing", "",
                   float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{1, -2, banned, 4};
  const std::vector<std::pair<lk::Token, double>> list{{-1, 3}, {0, 3}, {1, 3}, {2, 3}, {4, 3}};
  for (const bool narrowed : {false, true}) {
    lk::Workspace workspace;
    lk::Candidates<TestType> set(row, workspace);
    if (narrowed) set.keep_top(3);
    set.scale(0.5);
    set.edit_each(list, [](double score, double x) { return score * x; });
    CHECK(set.score(0) == 1.5);
    CHECK(set.score(1) == -3);
    CHECK_FALSE(set.contains(2));
    CHECK(set.score(3) == 2);
    CHECK(set.status() == lk::Status::ok);
  }
}

TEMPLATE_TEST_CASE("a list of edits is the same as one edit after another", "", float, double) {
  using S = TestType;
  std::vector<S> row(1000);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = S(std::sin(double(i)) * 10);
  std::vector<std::pair<lk::Token, double>> list;
  for (lk::Token i = 0; i < 300; ++i) list.emplace_back(i * 7919 % 1000, double(i % 17) - 8);
  list.emplace_back(7, -3), list.emplace_back(7, -4);  // twice more
  const std::vector<std::uint32_t> words(31, 0xfffffff7u);
  for (int when = 0; when < 6; ++when) {  // nothing, read, masked, both, masked after, narrowed
    CAPTURE(when);
    lk::Workspace one, other;
    lk::Candidates together(row, one), singly(row, other);
    for (auto* set : {&together, &singly}) {
      set->scale(0.75);
      if (when == 1 || when == 3) REQUIRE(set->best() != lk::kNoToken);
      if (when == 2 || when == 3) set->mask(words);
      if (when == 5) set->keep_top(400);
    }
    together.add_each(list, [](double x) { return x; });
    for (const auto& [token, x] : list) singly.add(token, x);
    together.edit_each(list, [](double score, double x) { return score * (x / 4); });
    for (const auto& [token, x] : list) {
      if (singly.contains(token)) singly.set(token, singly.score(token) * (x / 4));
    }
    if (when == 4) together.mask(words), singly.mask(words);
    REQUIRE(together.best() == singly.best());
    REQUIRE(together.status() == singly.status());
    for (lk::Token token = 0; token < 1000; ++token) {
      REQUIRE(together.score(token) == singly.score(token));
    }
    together.keep_top(50), singly.keep_top(50);
    REQUIRE(together.draw(0.5) == singly.draw(0.5));
  }
}

TEST_CASE("a function given to edit_each may throw, and may ask for the best", "[candidates]") {
  const std::vector<float> row{3, 2, 1, 0};
  const std::vector<std::pair<lk::Token, int>> list{{0, 0}, {1, 1}, {2, 2}};
  lk::Workspace workspace;
  {
    lk::Candidates set(row, workspace);
    const auto fails = [](double score, int x) { return x == 1 ? throw 1 : score - 9; };
    REQUIRE_THROWS(set.edit_each(list, fails));
    REQUIRE(set.best() == 1);
    set.edit_each(list, [&](double score, int) { return score - set.maximum(); });
    REQUIRE(set.best() == 1);  // of -8, 0, -1 and 0
    REQUIRE(set.score(2) == -1);
  }
  lk::Candidates next(row, workspace);
  REQUIRE(next.best() == 0);
  for (lk::Token token = 0; token < 4; ++token) REQUIRE(next.score(token) == 3 - token);
}

TEMPLATE_TEST_CASE("where a function throws in the middle of a transform, nothing can be chosen",
                   "[candidates]", float, double) {
  using S = TestType;
  std::vector<S> row(100, S(20));
  std::fill_n(row.begin(), 64, S(100));
  lk::Workspace workspace;
  for (const lk::Token thrower : {0, 1, 80, 98}) {
    for (const bool narrowed : {false, true}) {
      CAPTURE(thrower, narrowed);
      lk::Candidates set(row, workspace);
      set.set(50, S(500));
      if (narrowed) set.keep_top(99);
      CHECK_THROWS(set.transform([&](lk::Token token, double score) {
        if (token == thrower) throw std::runtime_error("the function");
        return score - 1000;
      }));
      CHECK(set.status() == lk::Status::not_a_number);
      CHECK(set.draw(0.5) == lk::kNoToken);
      lk::Candidates next(row, workspace);  // and the next row does not know
      for (const auto& [token, score] : next) CHECK(score == row[std::size_t(token)]);
      CHECK(next.best() == 0);
      CHECK(next.sorted(100).back().score == 20);
    }
  }
}
