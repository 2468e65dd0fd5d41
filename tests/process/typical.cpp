// SPDX-License-Identifier: MIT
// Typical: the twin, the token that crosses p, ties, both ends of the interval.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "reference/truncations.hpp"

#include <logitkit/process/typical.hpp>

#include <set>

namespace lk = logitkit;
using reference::Scores;

namespace {

/// What is wrong with a kept set; empty if it is the twin's, or differs from it only in tokens that
/// rounding may put on either side: distances within `within`, masses within `share` of p.
std::string wrong_set(const Scores& fast, const Scores& before, long double p, std::size_t min_keep,
                      long double within, long double share) {
  const Scores slow = reference::typical(before, p, min_keep);
  if (reference::difference(fast, slow, within).empty()) return {};
  const Scores distances = reference::untypicality(before);
  const Scores probability = reference::probabilities(before);
  long double farthest = 0, mass = 0, nearer = 0;
  for (std::size_t t = 0; t < fast.size(); ++t) {
    if (fast[t] != reference::kBanned) farthest = std::max(farthest, distances[t]);
  }
  for (std::size_t t = 0; t < fast.size(); ++t) {
    const bool kept = fast[t] != reference::kBanned;
    if (kept && std::fabs(fast[t] - before[t]) > within) return "a score has changed";
    if (kept) mass += probability[t];
    if (distances[t] < 0 || distances[t] > farthest - within) continue;
    if (!kept) return "token " + std::to_string(t) + " is near enough";
    nearer += probability[t];
  }
  const std::size_t count = reference::count_kept(fast);
  if (mass < p - share && count < reference::count_kept(before)) return "too few kept";
  return nearer > p + share && count > min_keep ? "too many kept" : "";
}

template <class S>
constexpr long double kShare = sizeof(S) == 4 ? 1e-6L : 1e-12L;

}  // namespace

TEMPLATE_TEST_CASE("Typical agrees with its twin", "", float, double) {
  for (const double p : {1e-9, 0.2, 0.5, 0.95, 0.999, 1 - 1e-9}) {
    for (const std::size_t min_keep : {std::size_t(1), std::size_t(3)}) {
      for (const std::size_t size : reference::sizes()) {
        reference::for_each_trial<TestType>(
            size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
              lk::Typical{p, {.min_keep = min_keep}}(fast, {});
              if (fast.status() != lk::Status::ok) return lk::to_string(fast.status());
              return wrong_set(reference::scores_of(fast), before, p, min_keep,
                               2 * reference::tolerance(before, row), kShare<TestType>);
            });
      }
    }
  }
}

TEMPLATE_TEST_CASE("Typical on a vocabulary of 128256", "", float, double) {
  for (const double p : {0.2, 0.95}) {
    const auto row = reference::normal_row<TestType>(128256, 11);
    const Scores before(row.begin(), row.end());
    CHECK(wrong_set(reference::after(lk::Typical{p}, row), before, p, 1, 1e-5L, kShare<TestType>) ==
          "");
  }
}

TEMPLATE_TEST_CASE("Typical keeps the token that crosses p, and none where the mass is p already",
                   "", float, double) {
  const std::vector<TestType> equal(8, 3);  // masses are multiples of 1/8, exactly
  const auto kept = [&](double p) {
    return reference::count_kept(reference::after(lk::Typical{p}, equal));
  };
  CHECK(kept(0.125) == 1);
  CHECK(kept(0.1251) == 2);
  CHECK(kept(0.5) == 4);
  CHECK(kept(0.5001) == 5);
  CHECK(kept(0.8751) == 8);
  CHECK(kept(1.0) == 8);
  CHECK(kept(1e-300) == 1);
}

TEMPLATE_TEST_CASE("Typical keeps the lower of equal tokens, or all with keep_ties", "", float,
                   double) {
  const auto b = reference::kBanned;
  const std::vector<TestType> row{0, 1, 0, 0, 0, 0, 0};  // H = 1.85, the surprises 2.16 and 1.16
  CHECK(reference::after(lk::Typical{0.1}, row) == Scores{0, b, b, b, b, b, b});
  CHECK(reference::after(lk::Typical{0.3}, row) == Scores{0, b, 0, 0, b, b, b});
  CHECK(reference::after(lk::Typical{0.1, {.min_keep = 2}}, row) == Scores{0, b, 0, b, b, b, b});
  CHECK(reference::after(lk::Typical{0.1, {.min_keep = 6}}, row) == Scores{0, b, 0, 0, 0, 0, 0});
  CHECK(reference::after(lk::Typical{0.1, {.min_keep = 99}}, row) == Scores{0, 1, 0, 0, 0, 0, 0});

  const auto all = [&](double p, std::size_t min_keep) {
    return reference::after(lk::Typical{p, {.min_keep = min_keep, .keep_ties = true}}, row);
  };
  CHECK(all(0.1, 1) == Scores{0, b, 0, 0, 0, 0, 0});
  CHECK(all(0.1, 2) == Scores{0, b, 0, 0, 0, 0, 0});
  CHECK(all(0.9, 1) == Scores{0, 1, 0, 0, 0, 0, 0});
  CHECK(all(0.1, 7) == Scores{0, 1, 0, 0, 0, 0, 0});
}

TEMPLATE_TEST_CASE("Typical where whole tiles are nothing but equals", "", float, double) {
  for (const std::size_t size : {400u, 20000u}) {
    std::vector<TestType> row(size, 3);
    const auto kept = [&](const lk::TypicalOptions& options) {
      return reference::count_kept(reference::after(lk::Typical{0.25, options}, row));
    };
    CHECK(kept({}) == size / 4);
    CHECK(kept({.min_keep = size / 2}) == size / 2);
    CHECK(kept({.keep_ties = true}) == size);
    row.push_back(2);  // the farthest
    CHECK(kept({}) == size / 4 + 1);
    CHECK(kept({.min_keep = size / 2}) == size / 2);
    CHECK(kept({.keep_ties = true}) == size);
    row.back() = -std::numeric_limits<TestType>::infinity();
    CHECK(kept({.keep_ties = true}) == size);
  }
}

TEMPLATE_TEST_CASE("Typical with keep_ties is without, and the equals of the farthest", "", float,
                   double) {
  for (const std::size_t size : {7u, 64u, 1000u, 20000u}) {
    auto row = reference::normal_row<TestType>(size, 6);
    for (TestType& score : row) score = std::round(4 * score) / 4;  // some are equal
    const Scores scores(row.begin(), row.end());
    for (const double p : {0.05, 0.5, 0.9}) {
      const Scores some = reference::after(lk::Typical{p}, row);
      std::set<long double> values;  // none is as far as another: the entropy is no multiple of 1/8
      for (const long double score : some) values.insert(score);
      Scores expected = scores;
      for (long double& score : expected) {
        if (values.count(score) == 0) score = reference::kBanned;
      }
      CHECK(reference::after(lk::Typical{p, {.keep_ties = true}}, row) == expected);
    }
  }
}

TEMPLATE_TEST_CASE("Typical: llama.cpp's table", "[llama.cpp]", float, double) {
  const auto kept = [](std::initializer_list<double> probabilities) {
    std::vector<std::size_t> tokens;
    const Scores after =
        reference::after(lk::Typical{0.5}, reference::row_of<TestType>(probabilities));
    for (std::size_t t = 0; t < after.size(); ++t) {
      if (after[t] != reference::kBanned) tokens.push_back(t);
    }
    return tokens;
  };
  CHECK(kept({0.97, 0.01, 0.01, 0.01}) == std::vector<std::size_t>{0});
  CHECK(kept({0.4, 0.2, 0.2, 0.2}) == std::vector<std::size_t>{1, 2, 3});
}

TEMPLATE_TEST_CASE("Typical = 1 keeps all, even tokens of no mass", "", float, double) {
  const TestType banned = -std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> row{100, -1000, banned, 50};
  CHECK(reference::after(lk::Typical{1}, row) == Scores{100, -1000, reference::kBanned, 50});
  CHECK(reference::after(lk::Typical{0.9}, row) ==
        Scores{100, reference::kBanned, reference::kBanned, reference::kBanned});
}

TEST_CASE("Typical refuses what is not in (0, 1]") {
  CHECK(lk::Typical<double>::check(1).empty());
  CHECK(lk::Typical<double>::check(1e-300).empty());
  CHECK(lk::Typical<>::check(1.5f) == "Typical: p must satisfy 0 < p <= 1, got 1.5");
  CHECK_FALSE(lk::Typical<double>::check(std::numeric_limits<double>::quiet_NaN()).empty());
  reference::refuses([] { lk::Typical{0}; }, "Typical: p must satisfy 0 < p <= 1, got 0");
  reference::refuses([] { lk::Typical{-0.25, {.min_keep = 3}}; },
                     "Typical: p must satisfy 0 < p <= 1, got -0.25");
  reference::refuses([] { lk::Typical{0.5, {.min_keep = 0}}; },
                     "Typical: min_keep must satisfy min_keep >= 1, got 0");
  static_assert(std::same_as<decltype(lk::Typical{1}), lk::Typical<float>>);
}
