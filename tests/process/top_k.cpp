// SPDX-License-Identifier: MIT
// TopK: the twin, ties at the boundary, k at and beyond the vocabulary.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "reference/truncations.hpp"

#include <logitkit/process/top_k.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("TopK agrees with its twin", "", float, double) {
  for (const int k : {1, 2, 5, 31, 32, 40, 63, 64, 65, 999, 1000}) {
    reference::agree<TestType>(lk::TopK{k}, [k](const Scores& s) {
      return reference::top_k(s, static_cast<std::size_t>(k));
    });
  }
}

TEMPLATE_TEST_CASE("TopK on a vocabulary of 128256", "", float, double) {
  for (const std::size_t k : {std::size_t(1), std::size_t(50), std::size_t(5000)}) {
    const auto row = reference::normal_row<TestType>(128256, k);
    const Scores slow(row.begin(), row.end());
    CHECK(reference::after(lk::TopK{k}, row) == reference::top_k(slow, k));
  }
}

TEMPLATE_TEST_CASE("TopK keeps exactly k of equal scores, the lower tokens", "", float, double) {
  const std::vector<TestType> row{1, 2, 2, -0.0, 2, 2, 0.0};
  const auto b = reference::kBanned;
  CHECK(reference::after(lk::TopK{2}, row) == Scores{b, 2, 2, b, b, b, b});
  CHECK(reference::after(lk::TopK{3}, row) == Scores{b, 2, 2, b, 2, b, b});
  CHECK(reference::after(lk::TopK{6}, row) == Scores{1, 2, 2, 0, 2, 2, b});
  for (const std::size_t size : {std::size_t(64), std::size_t(200), std::size_t(1000)}) {
    const Scores kept = reference::after(lk::TopK{70}, std::vector<TestType>(size, 5));
    for (std::size_t t = 0; t < size; ++t) {
      if ((kept[t] != b) != (t < 70)) FAIL_CHECK("token " << t << " of " << size);
    }
  }
}

TEMPLATE_TEST_CASE("TopK with keep_ties agrees with its twin", "", float, double) {
  for (const int k : {1, 2, 5, 32, 40, 64, 999}) {
    const lk::TopK top_k{k, {.keep_ties = true}};
    reference::agree<TestType>(top_k, [k](const Scores& s) {
      const Scores exact = reference::top_k(s, static_cast<std::size_t>(k));
      long double least = std::numeric_limits<long double>::infinity();
      for (const long double score : exact)
        least = score > reference::kBanned ? std::min(least, score) : least;
      Scores kept = s;
      for (long double& score : kept) score = score >= least ? score : reference::kBanned;
      return kept;
    });
  }
}

TEMPLATE_TEST_CASE("TopK with keep_ties keeps all equals of the k-th", "[peers]", float, double) {
  const std::vector<TestType> row{1, 2, 2, -0.0, 2, 2, 0.0};
  const auto b = reference::kBanned;
  const auto after = [&](int k) { return reference::after(lk::TopK{k, {.keep_ties = true}}, row); };
  CHECK(after(1) == Scores{b, 2, 2, b, 2, 2, b});
  CHECK(after(4) == Scores{b, 2, 2, b, 2, 2, b});
  CHECK(after(5) == Scores{1, 2, 2, b, 2, 2, b});
  CHECK(after(6) == Scores{1, 2, 2, 0, 2, 2, 0});
  const std::vector<TestType> equal(1000, 5);
  CHECK(reference::count_kept(reference::after(lk::TopK{70, {.keep_ties = true}}, equal)) == 1000);
}

TEMPLATE_TEST_CASE("TopK above the vocabulary keeps all, and never brings back a banned token", "",
                   float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{banned, 1, banned, 0};
  const Scores all{reference::kBanned, 1, reference::kBanned, 0};
  CHECK(reference::after(lk::TopK{3}, row) == all);
  CHECK(reference::after(lk::TopK{4}, row) == all);
  CHECK(reference::after(lk::TopK{5}, row) == all);
  CHECK(reference::after(lk::TopK{std::numeric_limits<int>::max()}, row) == all);
  CHECK(reference::after(lk::TopK{std::numeric_limits<std::size_t>::max()}, row) == all);
}

TEST_CASE("TopK refuses k below 1") {
  CHECK(lk::TopK<>::check(1).empty());
  CHECK(lk::TopK<>::check(0) == "TopK: k must satisfy k >= 1, got 0");
  CHECK(lk::TopK<>::check(-3) == "TopK: k must satisfy k >= 1, got -3");
  CHECK_FALSE(lk::TopK<std::size_t>::check(0).empty());
  reference::refuses([] { lk::TopK{0}; }, "TopK: k must satisfy k >= 1, got 0");
  static_assert(std::same_as<decltype(lk::TopK{40}), lk::TopK<int>>);
  static_assert(std::same_as<decltype(lk::TopK{std::size_t(40)}), lk::TopK<std::size_t>>);
}

TEMPLATE_TEST_CASE("TopK: llama.cpp's table", "[llama.cpp]", float, double) {
  const auto row = reference::row_of<TestType>({0.1, 0.2, 0.3, 0.4});
  const auto check = [&](int k, const Scores& expected) {
    const Scores p = reference::probabilities(reference::after(lk::TopK{k}, row));
    CAPTURE(k);
    CHECK(reference::total_variation(p, expected) < 1e-6L);
  };
  check(1, {0, 0, 0, 1});
  check(3, {0, 2.0L / 9, 3.0L / 9, 4.0L / 9});
  check(4, {0.1L, 0.2L, 0.3L, 0.4L});
}
