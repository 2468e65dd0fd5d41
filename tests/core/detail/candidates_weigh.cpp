// SPDX-License-Identifier: MIT
// Weights: one answer, whether a set is a row or a list, and whether quick sums or exact ones give
// it.
#include <logitkit/core/detail/candidates_weigh.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace lk = logitkit;

namespace {

/// A row of 3000 or fewer scores, some equal, some banned.
template <class S>
std::vector<S> some_row(std::size_t size, int kind) {
  std::vector<S> row(size);
  test::Random random(size + static_cast<std::size_t>(kind));
  for (auto& x : row) {
    const double u = random.uniform();
    x = static_cast<S>(kind == 0 ? 8 * u - 4 : kind == 1 ? std::log(u + 1e-9) * 3 : 2.5);
    if (kind == 2 && u < 0.5) x = -std::numeric_limits<S>::infinity();
  }
  return row;
}

}  // namespace

TEMPLATE_TEST_CASE("the read that scans a row finds the masses that a later one does", "[weigh]",
                   float, double, Eigen::half) {
  using S = lk::ScoreOf<std::vector<TestType>>;
  constexpr S kInfinity = std::numeric_limits<S>::infinity();
  lk::Workspace a, b;
  for (const std::size_t size : {1u, 100u, 1024u, 1025u, 5000u}) {
    for (int kind = 0; kind < 9; ++kind) {
      CAPTURE(size, kind);
      auto numbers = some_row<S>(size, kind % 3);
      if (kind == 3) numbers[size / 2] = std::numeric_limits<S>::quiet_NaN();
      if (kind == 4) numbers[size - 1] = kInfinity;
      if (kind == 5) numbers.assign(size, -kInfinity);
      if (kind == 6) std::sort(numbers.begin(), numbers.end());
      if (kind == 7) numbers[size - 1] = S(60000);  // all that came before is nothing beside it
      if (kind == 8) std::fill_n(numbers.begin(), size / 2, -kInfinity);
      std::vector<TestType> row;
      for (const S x : numbers) row.push_back(TestType(x));
      for (const double factor : {1.0, 3.0, 1e6}) {
        const auto set = [&](lk::Workspace& workspace) {
          return lk::Candidates<S>(lk::as_row(row), workspace);
        };
        auto fresh = set(a), read = set(b);
        fresh.scale(factor), read.scale(factor);
        const double at_once = fresh.log_sum_exp();
        REQUIRE(fresh.status() == read.status());
        REQUIRE(fresh.best() == read.best());
        const double later = read.log_sum_exp();
        REQUIRE(std::memcmp(&at_once, &later, sizeof later) == 0);
        for (const bool spread : {false, true}) {
          auto one = set(a), other = set(b);
          one.scale(factor), other.scale(factor);
          const auto fact = [&](auto& of) { return spread ? of.entropy() : of.collision(); };
          const double now = fact(one);
          const lk::Status status = other.status();
          if (status == lk::Status::ok) other.keep_if([](lk::Token, double) { return true; });
          REQUIRE(one.status() == status);
          REQUIRE(now == fact(other));
          if (status == lk::Status::ok) REQUIRE(one.log_sum_exp() == other.log_sum_exp());
        }
      }
    }
  }
}

TEST_CASE("where quick sums cannot tell two tokens apart, exact ones do", "[weigh]") {
  lk::Workspace workspace, other;
  for (const std::size_t size : {3u, 700u, 5000u}) {
    const std::vector<float> row(size, 1.7f);
    lk::Candidates list(row, other);
    list.keep_if([](lk::Token, double) { return true; });
    for (std::size_t k = 1; k < size; k += 1 + size / 50) {
      const double edge = static_cast<double>(k) / static_cast<double>(size);
      for (const double u : {std::nextafter(edge, 0.0), edge, std::nextafter(edge, 1.0)}) {
        // The first token with (token + 1) / size > u, decided in whole numbers.
        const auto number = static_cast<std::uint64_t>(u * 0x1p53) << 11;
        const auto expected = static_cast<lk::Token>(lk::math::multiply_high(number, size));
        REQUIRE(lk::Candidates(row, workspace).draw(u) == expected);
        REQUIRE(list.draw(u) == expected);
      }
    }
  }
}

TEST_CASE("a set of one token has no mass to share", "[weigh]") {
  lk::Workspace workspace;
  for (const float score : {0.0f, 0.3f, -7.7f, 1e30f}) {
    const std::vector<float> row{-std::numeric_limits<float>::infinity(), score};
    lk::Candidates set(row, workspace);
    set.scale(1.3);
    CHECK(set.log_probability(1) == 0);
    CHECK(set.log_sum_exp() == set.maximum());
  }
}
