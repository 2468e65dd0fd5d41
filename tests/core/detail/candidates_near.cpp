// SPDX-License-Identifier: MIT
// What is near a score: exactly that, for narrow sets and wide ones, rows and lists.
#include <logitkit/core/detail/candidates_near.hpp>

#include "support/catch.hpp"
#include "support/wide_rows.hpp"

#include <cmath>
#include <numeric>

namespace lk = logitkit;
using test::kept;

namespace {

/// The tokens of a row from the nearest to the farthest, once for all p. Distances as candidates
/// compare them, weights in long double.
template <class S>
class Nearest {
 public:
  Nearest(const std::vector<S>& row, double score) : order_(row.size()) {
    std::iota(order_.begin(), order_.end(), 0);
    const S centre = lk::math::centre_of<S>(score);
    std::vector<S> distances;
    for (const S x : row) distances.push_back(std::fabs(x - centre));
    const S* of = distances.data();
    std::stable_sort(order_.begin(), order_.end(),
                     [of](lk::Token a, lk::Token b) { return of[a] < of[b]; });
    for (const S x : row) all_ += std::exp((long double)(x));
    long double sum = 0;
    for (const lk::Token token : order_) {
      before_.push_back(sum);
      sum += std::exp((long double)(row[static_cast<std::size_t>(token)]));
    }
  }

  /// Those that have less than p of the weight before them, at least n, in ascending order.
  std::vector<lk::Token> within(double p, std::size_t n) const {
    std::size_t size = 0;
    while (size < order_.size() && (size < n || before_[size] < p * all_)) ++size;
    std::vector<lk::Token> tokens(order_.begin(), order_.begin() + std::ptrdiff_t(size));
    std::sort(tokens.begin(), tokens.end());
    return tokens;
  }

 private:
  std::vector<lk::Token> order_;
  std::vector<long double> before_;
  long double all_ = 0;
};

}  // namespace

TEMPLATE_TEST_CASE("what is near is found in rows and in lists", "[near]", float, double) {
  lk::Workspace workspace;
  for (const std::size_t size : {1u, 65u, 3000u, 40000u}) {
    for (const double spread : {0.3, 2.0, 5.0}) {
      const auto row = test::gauss_row<TestType>(size, spread, size);
      for (const double score : {-3.0, 0.0, spread * spread, 100.0}) {
        const Nearest nearest(row, score);
        for (const double p : {1e-9, 0.1, 0.5, 0.9, 0.99}) {
          CAPTURE(size, spread, score, p);
          const auto tokens = kept(row, [&](auto& set) { set.keep_near(score, p); });
          if (tokens == nearest.within(p, 1)) continue;
          const auto fewer = nearest.within(p * (1 - 2e-7), 1);
          const auto more = nearest.within(p * (1 + 2e-7), 1);
          REQUIRE((tokens == fewer || tokens == more ||
                   (tokens.size() > fewer.size() && tokens.size() < more.size())));
        }
        lk::Candidates set(row, workspace);
        set.keep_near(score, 1e-9, 50);
        REQUIRE(kept(set) == nearest.within(1e-9, std::min<std::size_t>(50, size)));
      }
    }
  }
}

TEST_CASE("a sample that misleads changes nothing of what is near", "[near]") {
  for (const double score : {-0.5, 2.0}) {
    test::narrow_misleading_rows([=](auto& set, double p) { set.keep_near(score, p); });
  }
}

TEST_CASE("levels, denormals, banned tokens, edits and scales: near is the same in a list",
          "[near]") {
  test::narrow_wide_rows(
      [](auto& set, double p) { set.keep_near(set.log_sum_exp() - set.entropy(), p); });
}

TEMPLATE_TEST_CASE("ends: no number, none of the mass, all of it", "[near]", float, double) {
  lk::Workspace workspace;
  const std::vector<TestType> row{0, 1, 2, 3};
  const auto size = [&](double score, double p) {
    lk::Candidates set(row, workspace);
    set.keep_near(score, p);
    return set.size();
  };
  CHECK(size(1.1, 1) == 4);
  CHECK(size(1.1, 0) == 1);
  CHECK(size(1.1, -1) == 1);
  CHECK(size(1e300, 0.5) == 4);  // all are as far: the lower first, and the best is the last
  CHECK(size(std::nan(""), 0.5) == 0);
  CHECK(size(std::numeric_limits<double>::infinity(), 0.5) == 0);
}

TEST_CASE("where all are equal, the lower tokens are near or all, in rows and in lists", "[near]") {
  for (const std::size_t size : {64 * 100 + 5u, 64 * 600u}) {
    std::vector<float> row(size, 1.5f);
    for (std::size_t i = 0; i < size; i += 3) row[i] = -std::numeric_limits<float>::infinity();
    const auto kept = [&](bool listed, double p, std::size_t n, bool equals) {
      lk::Workspace workspace;
      lk::Candidates set(row, workspace);
      if (listed) set.keep_if([](lk::Token, double score) { return score > 0; });
      set.keep_near(-0.25, p, n, equals);
      std::vector<lk::Token> tokens;
      for (const auto [token, score] : set) {
        if (score > 0) tokens.push_back(token);
      }
      return tokens;
    };
    for (const double p : {0.0, 0.02, 0.5, 0.95}) {
      for (const std::size_t n : {1u, 4000u}) {
        CAPTURE(size, p, n);
        CHECK(kept(false, p, n, false) == kept(true, p, n, false));
        for (const bool listed : {false, true}) {
          CHECK(kept(listed, p, n, true).size() == size - (size + 2) / 3);
        }
      }
    }
  }
}

// The fuzzer's finding: less than sums are wrong by was looked for where nothing is, and what came
// out depended on the instruction set.
TEST_CASE("a part of the mass smaller than the sums' error is found, too", "[near]") {
  const auto set_in_use = lk::math::instruction_set();
  std::vector<float> far(256), wide = test::gauss_row<float>(3000, 2.0, 7);
  for (std::size_t i = 0; i < far.size(); ++i) far[i] = i % 7 < 3 ? -0.125f : 0.0f;
  far.back() = 249;  // all of the mass
  for (const auto instructions :
       {lk::math::InstructionSet::baseline, lk::math::InstructionSet::avx2, set_in_use}) {
    if (!lk::math::force_instruction_set(instructions)) continue;
    lk::Workspace workspace;
    for (const double p : {0.0, 1e-300, 1e-9, 1e-6, 2e-6, 1e-5}) {
      CAPTURE(p);
      lk::Candidates one(far, workspace);
      one.keep_near(0, p, 1);
      CHECK(one.size() == far.size());
      lk::Candidates other(wide, workspace);
      other.keep_near(0.5, p, 1);
      CHECK(kept(other) == Nearest(wide, 0.5).within(p, 1));
    }
    lk::math::force_instruction_set(set_in_use);
  }
}

TEMPLATE_TEST_CASE("a score whose value overflows has tokens near it like any other", "[near]",
                   float, double) {
  const std::vector<TestType> row{1, 2, 3, 4, 5};
  lk::Workspace workspace;
  for (const double score : {1e308, -1e308}) {
    lk::Candidates set(row, workspace);
    set.scale(0.5);
    set.keep_near(score, 0.5);
    CHECK(set.status() == lk::Status::ok);
    CHECK(set.size() >= 1);
  }
}
