// SPDX-License-Identifier: MIT
// Looking at candidates: the row is read in place, in every scalar, and a bad one has its status.
#include <logitkit/core/detail/candidates_look.hpp>

#include "support/catch.hpp"
#include "support/kept.hpp"
#include "support/rows.hpp"

#include <bit>
#include <cstring>
#include <iterator>
#include <limits>

namespace lk = logitkit;

static_assert(std::forward_iterator<lk::Candidates<float>::Iterator>);
static_assert(std::forward_iterator<lk::Candidates<double>::Iterator>);

namespace {

template <class S>
constexpr S kInfinity = std::numeric_limits<S>::infinity();

}  // namespace

TEMPLATE_TEST_CASE("the set starts as the whole row, in order", "[candidates]", float, double) {
  lk::Workspace workspace;
  for (const auto& [name, row] : test::all_named_rows<TestType>()) {
    CAPTURE(name);
    const auto copy = row;
    lk::Candidates set(row, workspace);
    REQUIRE(set.vocabulary() == row.size());
    REQUIRE(set.size() == row.size());
    REQUIRE_FALSE(set.narrowed());
    REQUIRE(set.status() == lk::Status::ok);
    lk::Token expected = 0;
    for (const auto [token, score] : set) {
      REQUIRE(token == expected);
      REQUIRE(score == row[static_cast<std::size_t>(token)]);
      REQUIRE(set.score(token) == score);
      REQUIRE(set.contains(token) == (score != -kInfinity<TestType>));
      ++expected;
    }
    REQUIRE(static_cast<std::size_t>(expected) == row.size());
    REQUIRE(std::memcmp(copy.data(), row.data(), row.size() * sizeof(TestType)) == 0);
  }
}

TEMPLATE_TEST_CASE("tokens that the row does not have score -inf", "[candidates]", float, double) {
  lk::Workspace workspace;
  const std::vector<TestType> row(65, 1);
  lk::Candidates set(row, workspace);
  for (const lk::Token token : {-1, 65, 66, 128, std::numeric_limits<lk::Token>::max(),
                                std::numeric_limits<lk::Token>::min()}) {
    REQUIRE(set.score(token) == -kInfinity<TestType>);
    REQUIRE_FALSE(set.contains(token));
  }
  set.keep_top(3);
  REQUIRE(set.score(-1) == -kInfinity<TestType>);
  REQUIRE(set.score(65) == -kInfinity<TestType>);
  REQUIRE(set.score(64) == -kInfinity<TestType>);  // dropped
  REQUIRE(set.status() == lk::Status::ok);         // looking is no edit
}

TEMPLATE_TEST_CASE("half rows are scored in float", "[candidates]", Eigen::half, Eigen::bfloat16) {
  lk::Workspace workspace, other;
  for (const auto& [name, floats] : test::all_named_rows<float>()) {
    CAPTURE(name);
    std::vector<TestType> row(floats.size());
    std::vector<float> widened(floats.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = static_cast<TestType>(floats[i]);
      widened[i] = static_cast<float>(row[i]);
    }
    lk::Candidates set(row, workspace);
    static_assert(std::same_as<decltype(set), lk::Candidates<float>>);
    lk::Candidates twin(widened, other);
    REQUIRE(set.status() == twin.status());
    REQUIRE(set.best() == twin.best());
    REQUIRE(set.log_sum_exp() == twin.log_sum_exp());
    for (const double u : {0.0, 0.4, 1 - 0x1p-53}) REQUIRE(set.draw(u) == twin.draw(u));
    set.ban(0), twin.ban(0);
    set.keep_mass(0.7), twin.keep_mass(0.7);
    REQUIRE(set.size() == twin.size());
    for (lk::Token token = 0; token < lk::Token(row.size()); ++token) {
      REQUIRE(set.score(token) == twin.score(token));
    }
  }
}

TEMPLATE_TEST_CASE("a bad row has a status and gives no token", "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;
  const auto status_of = [&](const std::vector<S>& row) {
    lk::Candidates set(row, workspace);
    const lk::Status status = set.status();
    if (status != lk::Status::ok) {
      for (const double u : {0.0, 0.5, 1 - 0x1p-53}) REQUIRE(set.draw(u) == lk::kNoToken);
      set.scale(2), set.normalise(), set.keep_mass(0.5), set.keep_top(2), set.keep_above(0);
      static_cast<void>(set.entropy()), static_cast<void>(set.sorted());
      REQUIRE(set.status() != lk::Status::ok);  // nothing makes it good again
      REQUIRE(set.draw(0.5) == lk::kNoToken);
    }
    return status;
  };
  const S nan = std::numeric_limits<S>::quiet_NaN();
  for (const std::size_t size : test::kSizes) {
    const auto good = test::gauss_row<S>(size, 2, 1);
    REQUIRE(status_of(good) == lk::Status::ok);
    for (const std::size_t at : {std::size_t{0}, size / 2, size - 1}) {
      auto row = good;
      row[at] = nan;
      REQUIRE(status_of(row) == lk::Status::not_a_number);
      row[at] = -nan;
      REQUIRE(status_of(row) == lk::Status::not_a_number);
      row[at] = kInfinity<S>;
      REQUIRE(status_of(row) == lk::Status::positive_infinity);
      row.assign(size, -kInfinity<S>);
      REQUIRE(status_of(row) == lk::Status::nothing_left);
      row[at] = S(-5);
      REQUIRE(status_of(row) == lk::Status::ok);
      row.assign(size, nan);
      REQUIRE(status_of(row) == lk::Status::not_a_number);
    }
  }
  REQUIRE(status_of({}) == lk::Status::wrong_length);
  REQUIRE(status_of({kInfinity<S>, nan}) == lk::Status::not_a_number);
}

TEST_CASE("a float and a double set can share a workspace", "[candidates]") {
  lk::Workspace workspace;
  const std::vector<float> floats{1, 2, 3};
  const std::vector<double> doubles{3, 2, 1, 0};
  lk::Candidates a(floats, workspace);
  lk::Candidates b(doubles, workspace);
  a.ban(2), b.ban(0);
  REQUIRE(a.best() == 1);
  REQUIRE(b.best() == 1);
  REQUIRE(a.score(1) == 2);
}

TEST_CASE("a row object, a span and an Eigen vector are the same candidates", "[candidates]") {
  lk::Workspace workspace;
  Eigen::VectorXf eigen(3);
  eigen << 1, 5, 3;
  const std::span<const float> span(eigen.data(), 3);
  REQUIRE(lk::Candidates(eigen, workspace).best() == 1);
  REQUIRE(lk::Candidates(span, workspace).best() == 1);
  REQUIRE(lk::Candidates(lk::as_row(span), workspace).best() == 1);
  static_assert(
      std::same_as<decltype(lk::Candidates(lk::as_row(span), workspace)), lk::Candidates<float>>);
}

TEMPLATE_TEST_CASE("a mask before the row is read is one after it, edits included", "[candidates]",
                   float, double, Eigen::half) {
  lk::Workspace a, b, c;
  for (const std::size_t size : {63u, 64u, 100u, 1000u, 5000u}) {
    std::vector<TestType> row(size);
    test::Random random(size);
    for (auto& x : row) x = TestType(float(4 * random.uniform()));
    std::vector<std::uint32_t> words((size + 31) / 32), more(words.size() / 2);
    for (auto& word : words) word = static_cast<std::uint32_t>(random.uniform() * 0x1p32);
    for (auto& word : more) word = ~static_cast<std::uint32_t>(random.uniform() * 0x1p10);
    words[0] |= 1;  // something is left
    if (!more.empty()) more[0] |= 1;
    const auto edit = [&](auto& set) {
      set.add(0, -2), set.add(lk::Token(size - 1), 9), set.ban(lk::Token(size / 3));
      set.add(lk::Token(size / 2), 3), set.add(lk::Token(size / 2), -6);
    };
    for (const bool twice : {false, true}) {
      if (twice && more.empty()) continue;
      lk::Candidates late(row, a), early(row, b), list(row, c);
      edit(late), edit(list);
      static_cast<void>(late.best());
      late.mask(words), early.mask(words);
      edit(early);
      list.keep_if([](lk::Token, double) { return true; });
      list.mask(words);
      if (twice) late.mask(more), early.mask(more), list.mask(more);
      early.set(lk::Token(size / 2), 100);  // comes back only if no mask has taken it out
      late.set(lk::Token(size / 2), 100), list.set(lk::Token(size / 2), 100);
      CAPTURE(size, twice);
      REQUIRE(late.best() == list.best());
      REQUIRE(early.best() == list.best());
      REQUIRE(early.log_sum_exp() == list.log_sum_exp());
      REQUIRE(late.log_sum_exp() == list.log_sum_exp());
      for (const double u : {0.0, 0.3, 0.6, 0.999}) {
        REQUIRE(early.draw(u) == list.draw(u));
        REQUIRE(late.draw(u) == list.draw(u));
      }
      std::vector<lk::Token> left;
      for (const auto& entry : early) {
        if (early.contains(entry.token)) left.push_back(entry.token);
      }
      REQUIRE(left == test::kept(list));
      early.keep_mass(0.7), late.keep_top(5), list.keep_mass(0.7);
      REQUIRE(early.size() == list.size());
      REQUIRE(early.best() == list.best());
    }
  }
}

TEST_CASE("a mask that leaves nothing is a status; NaN is found behind it", "[candidates]") {
  lk::Workspace workspace;
  std::vector<float> row(100, 1.0f);
  lk::Candidates none(row, workspace);
  none.mask({});
  CHECK(none.size() == 0);
  CHECK(none.begin() == none.end());
  CHECK(none.status() == lk::Status::nothing_left);
  row[50] = std::numeric_limits<float>::quiet_NaN();
  lk::Candidates bad(row, workspace);
  bad.mask(std::vector<std::uint32_t>{1});
  CHECK(bad.status() == lk::Status::not_a_number);
}

TEST_CASE("edits after a transform and before the row is read again are all counted",
          "[candidates]") {
  lk::Workspace workspace;
  const std::vector<float> row(130, 1.0f);
  lk::Candidates set(row, workspace);
  set.transform([](lk::Token token, double) { return double(token % 7); });
  set.add(129, 20);
  set.mask(std::vector<std::uint32_t>{0, 0, 0, 0, 3});
  CHECK(set.best() == 129);
  set.ban(129);
  CHECK(set.best() == 128);
  CHECK(set.score(128) == 2);
}

TEST_CASE("a masked set is walked through alike by both increments", "[candidates]") {
  lk::Workspace workspace;
  const std::vector<float> row(200, 1.0f);
  lk::Candidates set(row, workspace);
  set.mask(std::vector<std::uint32_t>{0, 0x80000001u, 0, 0x10, 0});
  std::vector<lk::Token> tokens;
  for (auto each = set.begin(); each != set.end(); each++) tokens.push_back((*each).token);
  CHECK(tokens == std::vector<lk::Token>{32, 63, 100});
  CHECK(set.size() == 3);
}

TEMPLATE_TEST_CASE("a row with NaN has no best, whatever is asked of it", "[candidates]", float,
                   double) {
  lk::Workspace workspace;
  for (const std::uint32_t bits : {0x7fc00000u, 0xffc00000u, 0x7fffffffu, 0xffffffffu}) {
    std::vector<TestType> row(300, TestType(1e-40));
    row[70] = TestType(std::bit_cast<float>(bits));
    lk::Candidates set(row, workspace);
    set.add(3, 2), set.ban(4);
    CHECK(set.best() == lk::kNoToken);
    set.add(5, 1);
    set.transform([](double score) { return score + 1; });
    CHECK(set.sorted(3).empty());
    CHECK(set.best() == lk::kNoToken);
    set.keep_top(2);
    set.keep_mass(0.5);
    set.keep_above(0);
    set.normalise();
    CHECK(set.draw(0.5) == lk::kNoToken);
    CHECK(set.status() == lk::Status::not_a_number);
  }
}
