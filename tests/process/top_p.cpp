// SPDX-License-Identifier: MIT
// TopP: the twin, the token that crosses p, ties, both ends of the interval.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "reference/truncations.hpp"

#include <logitkit/process/top_p.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

/// What is wrong with a kept set; empty if it is the best n tokens with the twin's n, which may
/// differ where the mass before a token equals p to within 1e-12.
std::string wrong_nucleus(const Scores& fast, const Scores& before, long double p,
                          long double within) {
  const std::size_t n = reference::count_kept(fast), expected = reference::nucleus(before, p);
  if (n != expected && (n < reference::nucleus(before, p * (1 - 1e-12L)) ||
                        n > reference::nucleus(before, std::min(1.0L, p * (1 + 1e-12L))))) {
    return std::to_string(n) + " kept, not " + std::to_string(expected);
  }
  const auto order = reference::best_first(before);
  return reference::difference(fast, reference::keep_first(before, order, n), within);
}

}  // namespace

TEMPLATE_TEST_CASE("TopP agrees with its twin", "", float, double) {
  for (const double p : {1e-9, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9}) {
    for (const std::size_t size : reference::sizes()) {
      reference::for_each_trial<TestType>(
          size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
            lk::TopP{p}(fast, {});
            if (fast.status() != lk::Status::ok) return lk::to_string(fast.status());
            return wrong_nucleus(reference::scores_of(fast), before, p,
                                 reference::tolerance(before, row));
          });
    }
  }
}

TEMPLATE_TEST_CASE("TopP on a vocabulary of 128256", "", float, double) {
  for (const double p : {0.5, 0.95}) {
    const auto row = reference::normal_row<TestType>(128256, 11);
    const Scores before(row.begin(), row.end());
    CHECK(wrong_nucleus(reference::after(lk::TopP{p}, row), before, p, 0) == "");
  }
}

TEMPLATE_TEST_CASE("TopP keeps the token that crosses p, and none where the mass is p already",
                   "[peers]", float, double) {
  const std::vector<TestType> equal(8, 3);  // masses are multiples of 1/8, exactly
  const auto kept = [&](double p) {
    return reference::count_kept(reference::after(lk::TopP{p}, equal));
  };
  CHECK(kept(0.125) == 1);
  CHECK(kept(0.1251) == 2);
  CHECK(kept(0.4999) == 4);
  CHECK(kept(0.5) == 4);
  CHECK(kept(0.5001) == 5);
  CHECK(kept(0.875) == 7);
  CHECK(kept(0.8751) == 8);
  CHECK(kept(1.0) == 8);
  CHECK(kept(1e-300) == 1);
}

TEMPLATE_TEST_CASE("TopP keeps the lower of equal tokens", "", float, double) {
  const std::vector<TestType> row{0, 1, 0, 1, 1, 0};
  const auto b = reference::kBanned;
  CHECK(reference::after(lk::TopP{0.2}, row) == Scores{b, 1, b, b, b, b});
  CHECK(reference::after(lk::TopP{0.4}, row) == Scores{b, 1, b, 1, b, b});
  CHECK(reference::after(lk::TopP{0.8}, row) == Scores{0, 1, b, 1, 1, b});
  for (const std::size_t size : {std::size_t(64), std::size_t(256), std::size_t(1024)}) {
    const Scores kept = reference::after(lk::TopP{0.5}, std::vector<TestType>(size, -2));
    for (std::size_t t = 0; t < size; ++t) {
      if ((kept[t] != b) != (2 * t < size)) FAIL_CHECK("token " << t << " of " << size);
    }
  }
}

TEMPLATE_TEST_CASE("TopP = 1 keeps all, even tokens of no mass", "", float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{100, -1000, banned, 50};
  CHECK(reference::after(lk::TopP{1}, row) == Scores{100, -1000, reference::kBanned, 50});
  CHECK(reference::count_kept(reference::after(lk::TopP{1 - 0x1p-53}, row)) <= 3);
}

TEMPLATE_TEST_CASE("TopP: llama.cpp's table", "[llama.cpp]", float, double) {
  const auto row = reference::row_of<TestType>({0.1, 0.2, 0.3, 0.4});
  const auto check = [&](double p, const Scores& expected) {
    const Scores result = reference::probabilities(reference::after(lk::TopP{p}, row));
    CAPTURE(p);
    CHECK(reference::total_variation(result, expected) < 1e-6L);
  };
  check(1e-6, {0, 0, 0, 1});
  check(0.69, {0, 0, 3.0L / 7, 4.0L / 7});  // theirs: 0.7, a rounding away from 0.4 + 0.3
  check(0.8, {0, 2.0L / 9, 3.0L / 9, 4.0L / 9});
  check(1.0, {0.1L, 0.2L, 0.3L, 0.4L});
}

TEMPLATE_TEST_CASE("TopP: Hugging Face's unit test", "[peers]", float, double) {
  const auto row = reference::row_of<TestType>({0.3, 0.1, 0.1, 0.5});
  CHECK(reference::count_kept(reference::after(lk::TopP{0.79}, row)) == 2);
  CHECK(reference::count_kept(reference::after(lk::TopP{0.81}, row)) == 3);
}

TEMPLATE_TEST_CASE("TopP with min_keep keeps the larger of the nucleus and the best few", "", float,
                   double) {
  for (const std::size_t min_keep : {std::size_t(2), std::size_t(40), std::size_t(5000)}) {
    for (const double p : {1e-9, 0.5, 0.999}) {
      for (const std::size_t size : {std::size_t(1), std::size_t(33), std::size_t(1000)}) {
        reference::for_each_trial<TestType>(
            size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
              lk::TopP{p, {.min_keep = min_keep}}(fast, {});
              const auto order = reference::best_first(before);
              const std::size_t few = std::min(min_keep, order.size());
              const long double within = reference::tolerance(before, row);
              const Scores got = reference::scores_of(fast);
              if (reference::nucleus(before, p * (1 + 1e-12L)) > few) {
                return wrong_nucleus(got, before, p, within);
              }
              return reference::difference(got, reference::keep_first(before, order, few), within);
            });
      }
    }
  }
}

TEST_CASE("TopP refuses what is not in (0, 1]") {
  CHECK(lk::TopP<double>::check(1).empty());
  CHECK(lk::TopP<double>::check(1e-300).empty());
  CHECK(lk::TopP<>::check(1.5f) == "TopP: p must satisfy 0 < p <= 1, got 1.5");
  CHECK(lk::TopP<double>::check(0) == "TopP: p must satisfy 0 < p <= 1, got 0");
  CHECK_FALSE(lk::TopP<double>::check(-0.1).empty());
  CHECK_FALSE(lk::TopP<double>::check(1 + 0x1p-52).empty());
  CHECK_FALSE(lk::TopP<double>::check(std::numeric_limits<double>::quiet_NaN()).empty());
  reference::refuses([] { lk::TopP{1.5}; }, "TopP: p must satisfy 0 < p <= 1, got 1.5");
  reference::refuses([] { lk::TopP{0}; }, "TopP: p must satisfy 0 < p <= 1, got 0");
  CHECK(lk::TopP<>::check(0.5f, {.min_keep = 0}) ==
        "TopP: min_keep must satisfy min_keep >= 1, got 0");
  static_assert(std::same_as<decltype(lk::TopP{1}), lk::TopP<float>>);
  static_assert(std::same_as<decltype(lk::TopP{1, {.min_keep = 2}}), lk::TopP<float>>);
}
