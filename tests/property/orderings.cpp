// SPDX-License-Identifier: MIT
// Every order of five scores, ties included: the best, the k best and the nucleus are the twin's.
#include "support/catch.hpp"

#include "reference/candidates.hpp"
#include "support/weight_error.hpp"

#include <logitkit/core/candidates.hpp>

namespace lk = logitkit;

namespace {

constexpr std::size_t kScores = 5;
constexpr int kRows = 3125;  // 5^5

/// The digits of `number` as scores, so that all rows together are every order with every tie.
template <class S>
std::vector<S> row_of(int number) {
  std::vector<S> row(kScores);
  for (S& score : row) {
    score = static_cast<S>(number % 5) / 2 - 1;
    number /= 5;
  }
  return row;
}

/// Whether both have the same tokens left.
template <class S>
bool same(const lk::Candidates<S>& set, const reference::Candidates<S>& twin) {
  for (lk::Token token = 0; token < lk::Token(kScores); ++token) {
    if (set.contains(token) != twin.contains(token)) return false;
  }
  return true;
}

/// Narrows a row and its twin, as a row and as the list of all its tokens.
template <class S>
void narrow(const std::vector<S>& row, const auto& by) {
  static lk::Workspace workspace;
  for (const bool list : {false, true}) {
    lk::Candidates set(row, workspace);
    reference::Candidates<S> twin(row);
    if (list) set.keep_if([](lk::Token, double) { return true; });
    const bool certain = by(set, twin);
    if (certain && !same(set, twin)) {
      FAIL_CHECK("scores " << row[0] << ' ' << row[1] << ' ' << row[2] << ' ' << row[3] << ' '
                           << row[4] << (list ? ", as a list" : ""));
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("every order of five scores: the best", "[orderings]", float, double) {
  lk::Workspace workspace;
  for (int number = 0; number < kRows; ++number) {
    const auto row = row_of<TestType>(number);
    lk::Candidates set(row, workspace);
    const reference::Candidates<TestType> twin(row);
    if (set.best() != twin.best()) FAIL_CHECK("row " << number);
    const auto order = twin.order();
    const auto sorted = set.sorted();
    for (std::size_t i = 0; i < kScores; ++i) {
      if (sorted[i].token != order[i]) FAIL_CHECK("sorted, row " << number);
    }
  }
  SUCCEED("all rows done");
}

TEMPLATE_TEST_CASE("every order of five scores: the k best", "[orderings]", float, double) {
  for (int number = 0; number < kRows; ++number) {
    for (std::size_t k = 1; k <= kScores; ++k) {
      narrow(row_of<TestType>(number), [k](auto& set, auto& twin) {
        set.keep_top(k), twin.keep_top(k);
        return true;
      });
    }
  }
  SUCCEED("all rows done");
}

TEMPLATE_TEST_CASE("every order of five scores: the nucleus", "[orderings]", float, double) {
  for (int number = 0; number < kRows; ++number) {
    for (const double p : {0.05, 0.3, 0.5, 0.7, 0.95}) {
      narrow(row_of<TestType>(number), [p](auto& set, auto& twin) {
        set.keep_mass(p);
        return twin.keep_mass(p) > 2 * test::kWeightError<TestType>;  // else rounding decides
      });
    }
  }
  SUCCEED("all rows done");
}
