// SPDX-License-Identifier: MIT
// TopNSigma: the twin, what counts for sigma, temperature, both ends of the interval.
#include "support/catch.hpp"

#include "reference/thresholds.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_n_sigma.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("TopNSigma agrees with its twin", "", float, double) {
  for (const double n : {1e-9, 0.3, 1.0, 1.7, 4.0}) {
    CAPTURE(n);
    reference::agree_with_threshold<TestType>(
        lk::TopNSigma{n}, [n](const Scores& s) { return reference::top_n_sigma(s, n); },
        sizeof(TestType) == 4 ? 1e-5L : 1e-12L);
  }
}

TEMPLATE_TEST_CASE("TopNSigma on a vocabulary of 128256", "", float, double) {
  const auto row = reference::normal_row<TestType>(128256, 3);
  const Scores slow(row.begin(), row.end());
  for (const double n : {0.5, 1.0, 3.0}) {
    const auto expected = reference::reaching(slow, reference::top_n_sigma(slow, n));
    CHECK(reference::after(lk::TopNSigma{n}, row) == expected);
  }
}

TEMPLATE_TEST_CASE("TopNSigma: the threshold is reached from above, all equals stay", "", float,
                   double) {
  const auto b = reference::kBanned;
  const std::vector<TestType> row{2, 4, 4, 4, 5, 5, 7, 9};  // sigma is 2
  CHECK(reference::after(lk::TopNSigma{1}, row) == Scores{b, b, b, b, b, b, 7, 9});
  CHECK(reference::after(lk::TopNSigma{0.99}, row) == Scores{b, b, b, b, b, b, b, 9});
  CHECK(reference::after(lk::TopNSigma{2}, row) == Scores{b, b, b, b, 5, 5, 7, 9});
  CHECK(reference::after(lk::TopNSigma{2.5}, row) == Scores{b, 4, 4, 4, 5, 5, 7, 9});
  CHECK(reference::count_kept(reference::after(lk::TopNSigma{1e30}, row)) == 8);
  CHECK(reference::count_kept(reference::after(lk::TopNSigma{1e-30}, row)) == 1);
  const std::vector<TestType> equal(70, 3);  // sigma is 0
  CHECK(reference::count_kept(reference::after(lk::TopNSigma{1}, equal)) == 70);
}

TEMPLATE_TEST_CASE("TopNSigma leaves what is banned out of sigma", "[peers]", float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  std::vector<TestType> row(1000, banned);  // half a grammar's mask; ooba counted these as 0
  const std::vector<TestType> few{2, 4, 4, 4, 5, 5, 7, 9};
  for (std::size_t i = 0; i < few.size(); ++i) row[100 * i + 7] = few[i];
  for (const bool masked : {false, true}) {
    lk::Workspace workspace;
    std::vector<TestType> engine = row;
    if (masked) std::replace(engine.begin(), engine.end(), banned, TestType(6));
    lk::Candidates<TestType> candidates(engine, workspace);
    std::vector<std::uint32_t> words(32);
    for (std::size_t i = 0; i < few.size(); ++i) {
      words[(100 * i + 7) / 32] |= 1u << ((100 * i + 7) % 32);
    }
    if (masked) candidates.mask(words);
    lk::TopNSigma{2}(candidates, {});
    CHECK(candidates.size() == 4);
    CHECK(candidates.contains(407));
    CHECK_FALSE(candidates.contains(307));
  }
}

TEMPLATE_TEST_CASE("TopNSigma is the same before and after a temperature", "", float, double) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto row = reference::normal_row<TestType>(300, seed);
    const auto kept = [&](double temperature) {
      lk::Workspace workspace;
      lk::Candidates<TestType> candidates(row, workspace);
      lk::Temperature{temperature}(candidates, {});
      lk::TopNSigma{1.5}(candidates, {});
      return candidates.size();
    };
    CAPTURE(seed);
    CHECK(kept(0.25) == kept(1));
    CHECK(kept(2.7) == kept(1));
  }
}

TEMPLATE_TEST_CASE("TopNSigma: llama.cpp's table", "[llama.cpp]", float, double) {
  const auto row = reference::row_of<TestType>({0.1, 0.2, 0.3, 0.4});
  const auto p = [&](double n) {
    return reference::probabilities(reference::after(lk::TopNSigma{n}, row));
  };
  CHECK(reference::total_variation(p(1), {0, 0, 3.0L / 7, 4.0L / 7}) < 1e-6L);
  CHECK(reference::total_variation(p(3), {0.1L, 0.2L, 0.3L, 0.4L}) < 1e-6L);
}

TEST_CASE("TopNSigma refuses what is not in (0, inf)") {
  CHECK(lk::TopNSigma<>::check(1e-30f).empty());
  CHECK(lk::TopNSigma<double>::check(0) == "TopNSigma: n must satisfy 0 < n < inf, got 0");
  CHECK(lk::TopNSigma<>::check(-1) == "TopNSigma: n must satisfy 0 < n < inf, got -1");
  CHECK_FALSE(lk::TopNSigma<>::check(std::numeric_limits<float>::infinity()).empty());
  CHECK_FALSE(lk::TopNSigma<>::check(std::numeric_limits<float>::quiet_NaN()).empty());
  reference::refuses([] { lk::TopNSigma{0}; }, "TopNSigma: n must satisfy 0 < n < inf, got 0");
  static_assert(std::same_as<decltype(lk::TopNSigma{1}), lk::TopNSigma<float>>);
  static_assert(std::same_as<decltype(lk::TopNSigma{1.0}), lk::TopNSigma<double>>);
}
