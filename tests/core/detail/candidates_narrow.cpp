// SPDX-License-Identifier: MIT
// Narrowing candidates: every kept set against the twin's, its borders exact, and monotone.
#include <logitkit/core/detail/candidates_narrow.hpp>

#include "reference/candidates.hpp"
#include "support/catch.hpp"
#include "support/flush_to_zero.hpp"
#include "support/kept.hpp"
#include "support/rows.hpp"

#include <limits>

namespace lk = logitkit;
using test::kept;

namespace {

template <class S>
constexpr S kInfinity = std::numeric_limits<S>::infinity();

template <class S>
std::vector<lk::Token> kept(const reference::Candidates<S>& twin) {
  auto tokens = twin.order();
  std::sort(tokens.begin(), tokens.end());
  return tokens;
}

}  // namespace

TEMPLATE_TEST_CASE("keep_top keeps the k best, for every k, each set within the next",
                   "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const auto& [name, row] : test::all_named_rows<S>()) {
    const auto order = reference::Candidates<S>(row).order();
    for (std::size_t k = 0; k < row.size(); k += 1 + k / 40 * 9) {
      CAPTURE(name, k);
      std::vector<lk::Token> expected(order.begin(),
                                      order.begin() + std::ptrdiff_t(std::min(k, order.size())));
      std::sort(expected.begin(), expected.end());
      for (const bool before : {false, true}) {
        lk::Candidates set(row, workspace);
        if (before) set.keep_if([](lk::Token, auto) { return true; });
        set.keep_top(k);
        if (kept(set) != expected) FAIL("narrowed before: " << before);
        if (k == 0) REQUIRE(set.status() == lk::Status::nothing_left);
      }
    }
  }
}

TEMPLATE_TEST_CASE("keep_mass keeps the twin's set, each within the next", "[candidates]", float,
                   double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const auto& [name, row] : test::all_named_rows<S>()) {
    std::size_t smaller = 1;
    for (const double p : {1e-9, 0.01, 0.123, 0.3, 0.456, 0.7, 0.9, 0.951, 0.99, 0.9999}) {
      CAPTURE(name, p);
      reference::Candidates<S> twin(row);
      const double margin = twin.keep_mass(p);
      for (const bool before : {false, true}) {
        lk::Candidates set(row, workspace);
        if (before) set.keep_if([](lk::Token, auto) { return true; });
        set.keep_mass(p);
        if (margin > 1e-14) REQUIRE(kept(set) == kept(twin));
        REQUIRE(set.size() >= smaller);
        if (before) smaller = set.size();
      }
    }
  }
}

TEMPLATE_TEST_CASE("equal scores at a border: the lower tokens stay", "[candidates]", float,
                   double) {
  using S = TestType;
  std::vector<S> row(200, S(-0.0));
  row[3] = row[150] = S(0.0);
  row[199] = 1;
  const std::vector<lk::Token> expected{0, 1, 2, 3, 4, 199};
  REQUIRE(kept(row, [](auto& set) { set.keep_top(6); }) == expected);
  const double p = (std::exp(1.0) + 4.5) / (std::exp(1.0) + 199);
  REQUIRE(kept(row, [&](auto& set) { set.keep_mass(p); }) == expected);
}

TEMPLATE_TEST_CASE("keep_above keeps equality, at every score of the row", "[candidates]", float,
                   double) {
  using S = TestType;
  lk::Workspace workspace;
  for (const auto& [name, row] : test::named_rows<S>(65)) {
    CAPTURE(name);
    for (const S score : row) {
      for (const double threshold : {double(score), std::nextafter(double(score), 1e308),
                                     std::nextafter(double(score), -1e308)}) {
        reference::Candidates<S> twin(row);
        twin.keep_above(threshold);
        lk::Candidates set(row, workspace);
        set.keep_above(threshold);
        if (kept(set) != kept(twin)) FAIL("threshold " << threshold);
      }
    }
  }
  const std::vector<S> row{1, -kInfinity<S>, 3};
  const std::vector<lk::Token> finite{0, 2};
  for (const double low : {-std::numeric_limits<double>::infinity(), -1e308}) {
    REQUIRE(kept(row, [&](auto& set) { set.keep_above(low); }) == finite);
  }
  for (const double high :
       {std::numeric_limits<double>::infinity(), 1e308, std::numeric_limits<double>::quiet_NaN()}) {
    REQUIRE(kept(row, [&](auto& set) { set.keep_above(high); }).empty());
  }
}

TEMPLATE_TEST_CASE(
    "keep_above keeps the token whose score is the threshold, under any scale and shift",
    "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  test::Random random(5);
  int lost = 0;
  for (int run = 0; run < 2000; ++run) {
    const std::vector<S> row{S(random.between(-20, 20)), S(-30), S(random.between(-20, 20))};
    lk::Candidates set(row, workspace);
    set.scale(1 / random.between(0.1, 3));
    if (run % 2 == 0) set.normalise();
    const auto token = static_cast<lk::Token>(run % 3);
    set.keep_above(set.score(token));
    if (!set.contains(token)) ++lost;
  }
  REQUIRE(lost == 0);
}

TEMPLATE_TEST_CASE("keep_above does not notice flush-to-zero", "[candidates]", float, double) {
  using S = TestType;
  const S tiny = std::numeric_limits<S>::denorm_min();
  const std::vector<S> row{tiny * 4, 0, tiny * 2, -tiny, tiny * 3};
  const double threshold = double(tiny * 3);
  const auto run = [&] { return kept(row, [&](auto& set) { set.keep_above(threshold); }); };
  const std::vector<lk::Token> expected{0, 4};
  REQUIRE(run() == expected);
  const test::FlushToZero flush;
  REQUIRE(run() == expected);
}

TEMPLATE_TEST_CASE("keep_if asks once for each token, in order, with its score", "[candidates]",
                   float, double) {
  using S = TestType;
  lk::Workspace workspace;
  const std::vector<S> row{1, 2, -kInfinity<S>, 4, 5};
  lk::Candidates set(row, workspace);
  set.scale(2);
  set.ban(3);
  std::vector<double> seen;
  set.keep_if([&](lk::Token token, double score) {
    seen.push_back(double(token) * 100 + double(score));
    return token != 1;
  });
  REQUIRE(seen == std::vector<double>{2, 104, 410});
  REQUIRE(kept(set) == std::vector<lk::Token>{0, 4});
  REQUIRE(set.score(4) == 10);
}

TEMPLATE_TEST_CASE("keep_only takes any order, repeats and the dropped", "[candidates]", float,
                   double) {
  using S = TestType;
  lk::Workspace workspace;
  auto row = test::gauss_row<S>(200, 2, 1);
  row[7] = -kInfinity<S>;
  lk::Candidates set(row, workspace);
  set.set(150, 9);
  set.keep_only(std::vector<lk::Token>{199, 150, 7, 3, 150, 0});
  REQUIRE(kept(set) == std::vector<lk::Token>{0, 3, 150, 199});
  REQUIRE(set.score(150) == 9);
  set.keep_only(std::vector<lk::Token>{5, 199, 3});
  REQUIRE(kept(set) == std::vector<lk::Token>{3, 199});
  REQUIRE(set.status() == lk::Status::ok);
  set.keep_only({});
  REQUIRE(set.size() == 0);
  REQUIRE(set.status() == lk::Status::nothing_left);
  REQUIRE(set.draw(0.5) == lk::kNoToken);
}

TEMPLATE_TEST_CASE("mask reads bits from the least significant; missing words forbid",
                   "[candidates]", float, double) {
  const std::vector<TestType> row(100, TestType(1));
  const std::vector<std::uint32_t> words{0x80000001u, 0, 0x00000010u};
  const std::vector<lk::Token> expected{0, 31, 68};
  REQUIRE(kept(row, [&](auto& set) { set.mask(words); }) == expected);
  REQUIRE(kept(row, [](auto& set) { set.mask({}); }).empty());
  const std::vector<std::uint32_t> all(10, 0xffffffffu);  // longer than the row
  REQUIRE(kept(row, [&](auto& set) { set.mask(all); }).size() == 100);
}

TEMPLATE_TEST_CASE("narrowing is idempotent", "[candidates]", float, double) {
  using S = TestType;
  const auto row = test::gauss_row<S>(1000, 2, 8);
  const auto twice_is_once = [&](const auto& narrow) {
    const auto twice = [&](auto& set) { narrow(set), narrow(set); };
    REQUIRE(kept(row, narrow) == kept(row, twice));
    REQUIRE(!kept(row, narrow).empty());
  };
  twice_is_once([](auto& set) { set.keep_top(40); });
  twice_is_once([](auto& set) { set.keep_above(1.5); });
  twice_is_once([](auto& set) { set.keep_if([](lk::Token t, auto) { return t % 3 == 0; }); });
}

TEST_CASE("what keep_if is given may look at the candidates", "[candidates]") {
  std::vector<float> row(100);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = float(i) / 10;
  for (const bool narrow : {false, true}) {
    lk::Workspace workspace;
    lk::Candidates set(row, workspace);
    if (narrow) set.keep_top(90);
    set.keep_if([&](lk::Token, double score) { return score >= set.sorted(1)[0].score - 2; });
    REQUIRE(set.size() == 21);
    REQUIRE(set.score(79) != -std::numeric_limits<double>::infinity());
  }
}
