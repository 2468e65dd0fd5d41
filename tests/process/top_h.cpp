// SPDX-License-Identifier: MIT
// TopH: both twins, ties, both ends of the interval, the difference between the two rules.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "reference/truncations.hpp"

#include <logitkit/process/top_h.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

/// What is wrong with a kept set; empty if it is the best n with the twin's n, which may differ
/// where an entropy is within the rounding of the limit.
template <class Twin>
std::string wrong_run(const Scores& fast, const Scores& before, long double alpha, const Twin& twin,
                      long double rounding, long double within) {
  const std::size_t n = reference::count_kept(fast);
  const long double off = rounding * (reference::entropy(before) + 0.3L);
  if (n != twin(before, alpha, 0) &&
      (n < twin(before, alpha, -off) || n > twin(before, alpha, off))) {
    return std::to_string(n) + " kept, not " + std::to_string(twin(before, alpha, 0));
  }
  return reference::difference(
      fast, reference::keep_first(before, reference::best_first(before), n), within);
}

template <class S>
void agrees(lk::TopHRule rule, std::size_t (*twin)(const Scores&, long double, long double)) {
  for (const double alpha : {0.05, 0.4, 0.7, 0.95}) {
    for (const std::size_t size :
         {std::size_t(1), std::size_t(33), std::size_t(64), std::size_t(300)}) {
      CAPTURE(alpha, size);
      reference::for_each_trial<S>(
          size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
            lk::TopH{alpha, rule}(fast, {});
            if (fast.status() != lk::Status::ok) return lk::to_string(fast.status());
            return wrong_run(reference::scores_of(fast), before, alpha, twin,
                             sizeof(S) == 4 ? 1e-6L : 1e-12L, reference::tolerance(before, row));
          });
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("TopH agrees with its twin", "", float, double) {
  agrees<TestType>(lk::TopHRule::paper, &reference::top_h);
}

TEMPLATE_TEST_CASE("TopH by Hugging Face's rule agrees with its twin", "", float, double) {
  agrees<TestType>(lk::TopHRule::hugging_face, &reference::top_h_of_100);
}

TEMPLATE_TEST_CASE("TopH keeps the lower of equal tokens", "", float, double) {
  const std::vector<TestType> row{0, 1, 0, 1, 1, 1};
  const auto b = reference::kBanned;
  CHECK(reference::after(lk::TopH{0.45}, row) == Scores{b, 1, b, 1, b, b});  // ln 2 <= 0.75
  CHECK(reference::after(lk::TopH{0.8}, row) == Scores{b, 1, b, 1, 1, b});   // ln 3 <= 1.33
  // Of 1024 equal tokens, those whose logarithm is at most half of ln 1024: 32.
  const std::vector<TestType> equal(1024, -2);
  CHECK(reference::count_kept(reference::after(lk::TopH{0.49}, equal)) == 29);
  CHECK(reference::count_kept(reference::after(lk::TopH{0.501}, equal)) == 32);
}

TEMPLATE_TEST_CASE("TopH agrees with its twin where the first few do not decide", "", float,
                   double) {
  const long double rounding = sizeof(TestType) == 4 ? 1e-6L : 1e-12L;
  for (const double deviation : {1e-5, 0.05, 1.0, 3.0}) {
    for (const double alpha : {0.7, 0.95}) {
      auto row = reference::normal_row<TestType>(6000, 11, deviation);
      for (std::size_t i = 0; i < row.size(); i += 3) row[i] = row[i / 2];  // and ties
      const Scores before(row.begin(), row.end());
      CAPTURE(deviation, alpha);
      CHECK(wrong_run(reference::after(lk::TopH{alpha}, row), before, alpha, &reference::top_h,
                      rounding, 0) == "");
    }
  }
}

TEMPLATE_TEST_CASE("TopH looks further than the first few where it must", "", float, double) {
  const std::vector<TestType> equal(20000, 0);  // 0.9 ln 20000 = ln 7428.8
  CHECK(reference::count_kept(reference::after(lk::TopH{0.9}, equal)) == 7428);
  const auto of_100 = lk::TopH{0.905, lk::TopHRule::hugging_face};  // 0.905 of 100
  CHECK(reference::count_kept(reference::after(of_100, equal)) == 90);
}

TEMPLATE_TEST_CASE("TopH: by hand, one rule beside the other", "", float, double) {
  const auto row = reference::row_of<TestType>({0.5, 0.25, 0.125, 0.125});  // H = 1.75 ln 2
  const auto kept = [&](double alpha, lk::TopHRule rule) {
    return reference::count_kept(reference::after(lk::TopH{alpha, rule}, row));
  };
  // Entropies of the renormalised runs, in bits: 0, 0.918, 1.379, 1.75.
  CHECK(kept(0.52, lk::TopHRule::paper) == 1);
  CHECK(kept(0.53, lk::TopHRule::paper) == 2);
  CHECK(kept(0.78, lk::TopHRule::paper) == 2);
  CHECK(kept(0.79, lk::TopHRule::paper) == 3);
  CHECK(kept(1, lk::TopHRule::paper) == 4);
  // Shares in the entropy, in bits: 0.5, 1, 1.375, 1.75.
  CHECK(kept(0.1, lk::TopHRule::hugging_face) == 1);
  CHECK(kept(0.57, lk::TopHRule::hugging_face) == 1);
  CHECK(kept(0.58, lk::TopHRule::hugging_face) == 2);
  CHECK(kept(0.79, lk::TopHRule::hugging_face) == 3);
}

TEMPLATE_TEST_CASE("TopH never keeps a token of no weight", "[peers]", float, double) {
  std::vector<TestType> row(200, -1e5);  // an entropy of 0, which all sums of zeros are within
  row[7] = 1e4;
  for (const auto rule : {lk::TopHRule::paper, lk::TopHRule::hugging_face}) {
    CHECK(reference::count_kept(reference::after(lk::TopH{0.9, rule}, row)) == 1);
  }
}

TEST_CASE("TopH refuses what is not in (0, 1]") {
  CHECK(lk::TopH<>::check(1).empty());
  CHECK(lk::TopH<>::check(0) == "TopH: alpha must satisfy 0 < alpha <= 1, got 0");
  CHECK_FALSE(lk::TopH<double>::check(1 + 0x1p-52).empty());
  CHECK_FALSE(lk::TopH<>::check(std::numeric_limits<float>::quiet_NaN()).empty());
  reference::refuses([] { lk::TopH{1.5}; }, "TopH: alpha must satisfy 0 < alpha <= 1, got 1.5");
  static_assert(std::same_as<decltype(lk::TopH{1}), lk::TopH<float>>);
  static_assert(
      std::same_as<decltype(lk::TopH{0.4, lk::TopHRule::hugging_face}), lk::TopH<double>>);
}
