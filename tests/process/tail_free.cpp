// SPDX-License-Identifier: MIT
// TailFree: the twin, ties, equal scores, few tokens, flat rows.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "reference/truncations.hpp"

#include <logitkit/process/tail_free.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

/// What is wrong with a kept set; empty if it is the best n tokens with the twin's n, or with one
/// that a z nearly the same has: the fast one adds up integers.
std::string wrong_head(const Scores& fast, const Scores& before, long double z,
                       std::size_t min_keep, long double within, long double slack) {
  const std::size_t n = reference::count_kept(fast);
  const std::size_t expected = reference::head(before, z, min_keep);
  if (n != expected && (n < reference::head(before, z * (1 - slack), min_keep) ||
                        n > reference::head(before, std::min(z * (1 + slack), 1.0L), min_keep))) {
    return std::to_string(n) + " kept, not " + std::to_string(expected);
  }
  return reference::difference(
      fast, reference::keep_first(before, reference::best_first(before), n), within);
}

template <class S>
std::size_t kept(double z, const std::vector<S>& row, std::size_t min_keep = 1) {
  return reference::count_kept(reference::after(lk::TailFree{z, {.min_keep = min_keep}}, row));
}

}  // namespace

TEMPLATE_TEST_CASE("TailFree agrees with its twin", "", float, double) {
  struct Rule {
    double z;
    std::size_t min_keep;
  };
  for (const Rule& rule :
       {Rule{0.1, 1}, Rule{0.5, 5}, Rule{0.95, 1}, Rule{0.95, 100}, Rule{1 - 1e-7, 1}}) {
    for (const std::size_t size :
         {std::size_t(1), std::size_t(31), std::size_t(32), std::size_t(65), std::size_t(300)}) {
      reference::for_each_trial<TestType>(
          size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
            const double largest = fast.maximum();
            lk::TailFree{rule.z, {.min_keep = rule.min_keep}}(fast, {});
            if (fast.status() != lk::Status::ok) return lk::to_string(fast.status());
            const bool even = std::fabs(row[0]) < 1e-30 && largest < 1e-30;  // denormals: exp is 1
            if (even) return {};
            return wrong_head(reference::scores_of(fast), before, rule.z, rule.min_keep,
                              reference::tolerance(before, row), 1e-9L);
          });
    }
  }
}

TEMPLATE_TEST_CASE("TailFree agrees with its twin however flat the row", "", float, double) {
  for (const double deviation : {1e-4, 0.05, 1.0, 3.0}) {
    auto row = reference::normal_row<TestType>(20000, 11, deviation);
    for (std::size_t i = 0; i < row.size(); i += 3) row[i] = row[i / 2];  // and ties
    const Scores before(row.begin(), row.end());
    CHECK(wrong_head(reference::after(lk::TailFree{0.95}, row), before, 0.95L, 1, 0, 1e-9L) == "");
  }
}

TEMPLATE_TEST_CASE("TailFree by hand", "", float, double) {
  // 16 8 4 2 1: differences 8 4 2 1, curvatures 4 2 1, of 7 in all
  const auto row = reference::row_of<TestType>({1, 16, 4, 8, 2});
  CHECK(kept(0.5, row) == 1);   // c(0) is beyond, but one token stays: c(0) + c(1) is, too
  CHECK(kept(0.84, row) == 1);  // 6/7
  CHECK(kept(0.86, row) == 2);
  CHECK(kept(0.999, row) == 2);
  CHECK(kept(1.0, row) == 5);
  CHECK(kept(0.5, row, 2) == 2);
  CHECK(kept(0.5, row, 3) == 5);  // there is no third curvature to end at
  const auto b = reference::kBanned;
  CHECK(reference::after(lk::TailFree{0.86}, row) == Scores{b, row[1], b, row[3], b});
}

TEMPLATE_TEST_CASE("TailFree: equal scores, the lower tokens, and no tail at all", "", float,
                   double) {
  CHECK(kept(0.9, std::vector<TestType>(100, 2)) == 100);
  CHECK(kept(0.9, std::vector<TestType>(1000, 2)) == 1000);
  CHECK(kept(0.9, std::vector<TestType>{1}) == 1);
  CHECK(kept(0.1, std::vector<TestType>{1, 9}) == 2);
  const auto b = reference::kBanned;
  const std::vector<TestType> row{0, 5, 0, 5, 5, 0};  // the drop curves at the second and third
  CHECK(reference::after(lk::TailFree{0.4}, row) == Scores{b, 5, b, b, b, b});
  CHECK(reference::after(lk::TailFree{0.9}, row) == Scores{b, 5, b, 5, b, b});
}

TEST_CASE("TailFree refuses what is not in (0, 1]") {
  CHECK(lk::TailFree<double>::check(1).empty());
  CHECK(lk::TailFree<>::check(1.5f) == "TailFree: z must satisfy 0 < z <= 1, got 1.5");
  CHECK_FALSE(lk::TailFree<double>::check(std::nan("")).empty());
  reference::refuses([] { lk::TailFree{0}; }, "TailFree: z must satisfy 0 < z <= 1, got 0");
}
