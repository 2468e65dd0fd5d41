// SPDX-License-Identifier: MIT
// Mirostat: the twins of both versions, mu by hand, the surprise that is meant, fork and rollback.
#include "support/catch.hpp"

#include "reference/trial.hpp"
#include "reference/truncations.hpp"
#include "support/session_after.hpp"

#include <logitkit/decode/random.hpp>
#include <logitkit/process/mirostat.hpp>
#include <logitkit/process/top_k.hpp>

namespace lk = logitkit;
using reference::Scores;

namespace {

constexpr lk::MirostatOptions kVersion1{.version = 1};
constexpr lk::MirostatOptions kLlamaCpp{.surprise = lk::MirostatSurprise::llama_cpp};

std::vector<float> row_at(std::size_t step) { return reference::normal_row<float>(300, step + 1); }

}  // namespace

TEMPLATE_TEST_CASE("Mirostat's second version agrees with its twin", "", float, double) {
  for (const double tau : {0.0123, 0.731, 2.613, 30.0}) {
    reference::agree<TestType>(lk::Mirostat{tau, 0.1}, [&](const Scores& scores) {
      return reference::mirostat_2(scores, 2 * (long double)(tau));
    });
  }
}

TEMPLATE_TEST_CASE("Mirostat's first version agrees with its twin", "", float, double) {
  for (const double tau : {0.2, 0.731, 2.613}) {
    for (const std::size_t m : {std::size_t(2), std::size_t(10), std::size_t(100)}) {
      reference::agree<TestType>(lk::Mirostat{tau, 0.1, {.version = 1, .m = m}},
                                 [&](const Scores& scores) {
                                   return reference::mirostat_1(scores, 2 * (long double)(tau), m);
                                 });
    }
  }
}

TEST_CASE("Mirostat's first version where Zipf's exponent is 1, and k = 2^mu / ln V") {
  std::vector<double> row(50);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = -std::log(double(i + 1));
  const Scores kept = reference::after(lk::Mirostat{3.0, 0.1, kVersion1}, row);
  CHECK(reference::count_kept(kept) == 16);  // 64 / 3.912
}

TEMPLATE_TEST_CASE("Mirostat on a vocabulary of 128256", "", float, double) {
  const auto row = reference::normal_row<TestType>(128256, 11, 2);
  const Scores before(row.begin(), row.end());
  const auto check = [&](const lk::Mirostat<double>& mirostat, const Scores& expected) {
    const Scores kept = reference::after(mirostat, row);
    CHECK(reference::difference(kept, expected, 0) == "");
    CHECK(reference::count_kept(kept) > 1);
  };
  check(lk::Mirostat{6.5, 0.1}, reference::mirostat_2(before, 13));
  check(lk::Mirostat{8.0, 0.1, kVersion1}, reference::mirostat_1(before, 16, 100));
}

TEMPLATE_TEST_CASE("Mirostat keeps what surprises by mu exactly, and the best one alone", "", float,
                   double) {
  const std::vector<TestType> equal(8, 3);  // 3 bits each
  const auto kept = [&](double tau) {
    return reference::count_kept(reference::after(lk::Mirostat{tau, 0.1}, equal));
  };
  CHECK(kept(1.5) == 8);
  CHECK(kept(1.4999) == 1);  // the lowest of them
  CHECK(reference::after(lk::Mirostat{0.5, 0.1}, equal)[0] == 3);
}

TEMPLATE_TEST_CASE("Mirostat steers by the surprise before truncation", "[peers]", float, double) {
  const std::vector<TestType> row(8, 3);  // of eight equals, four are banned: 2 bits each
  lk::Workspace workspace;
  const auto mu_after = [&](auto mirostat, lk::Token token, int calls) {
    for (int i = 0; i < calls; ++i) {
      lk::Candidates set(row, workspace);
      for (lk::Token t = 0; t < 3; ++t) set.set(t, 3 - 20 * std::log(2.0));  // 22 bits, or nearly
      set.ban(3);
      mirostat(set, {});
      CHECK(set.size() == 4);
    }
    mirostat.accept(token);
    return mirostat.mu();
  };
  for (const int calls : {1, 2, 3}) {  // looking changes nothing
    CHECK(mu_after(lk::Mirostat{5.0, 0.25}, 7, calls) == Approx(10 - 0.25 * (2 - 5)).margin(1e-5));
  }
  CHECK(mu_after(lk::Mirostat{5.0, 0.25}, 0, 1) == 10);  // was not kept
  CHECK(mu_after(lk::Mirostat{5.0, 0.25}, 3, 1) == 10);
  CHECK(mu_after(lk::Mirostat{5.0, 0.25}, 1000, 1) == 10);

  // What is left of a distribution surprises less: .5 .25 .125 .125, of which two are kept.
  const auto halves = reference::row_of<TestType>({0.5, 0.25, 0.125, 0.125});
  const auto mu_of = [&](lk::MirostatOptions options) {
    lk::Mirostat<double> mirostat(1.2, 0.25, options);
    lk::Candidates set(halves, workspace);
    mirostat(set, {});
    CHECK(set.size() == 2);
    mirostat.accept(1);
    return mirostat.mu();
  };
  CHECK(mu_of({}) == Approx(2.4 - 0.25 * (2 - 1.2)).margin(1e-6));
  CHECK(mu_of(kLlamaCpp) == Approx(2.4 - 0.25 * (std::log2(3) - 1.2)).margin(1e-6));
}

TEST_CASE("Mirostat holds the mean surprise near its target") {
  for (const lk::MirostatOptions& options : {lk::MirostatOptions{}, kVersion1}) {
    for (const double tau : {4.0, 6.0}) {
      lk::Mirostat<double> mirostat(tau, 0.1, options);
      lk::Workspace workspace;
      const lk::PhiloxDecider decider(3);
      double sum = 0;
      constexpr std::size_t kSteps = 400;
      for (std::size_t i = 0; i < kSteps; ++i) {
        const auto row = reference::normal_row<float>(3000, i, 2.5);
        lk::Candidates original(row, workspace);
        const double total = original.log_sum_exp();
        lk::Candidates set(row, workspace);
        mirostat(set, {});
        const lk::Token token = set.draw(decider(i));
        sum += (total - double(row[static_cast<std::size_t>(token)])) / std::log(2.0);
        mirostat.accept(token);
      }
      CAPTURE(options.version, tau);
      CHECK(std::abs(sum / kSteps - tau) < 0.3);
    }
  }
}

TEST_CASE("Mirostat: forks go their own ways, a replay is the same, rollback is as if never") {
  const lk::RandomDecoder decoder(lk::Chain{lk::TopK{200}, lk::Mirostat{3.0, 0.3}}, {.seed = 5});
  lk::Workspace workspace;
  const auto original = test::session_after(decoder, 12, row_at);
  auto fork = original;
  const lk::Token next = original.next(row_at(12), workspace).token;
  CHECK(original.next(row_at(12), workspace).token == next);
  for (int i = 0; i < 5; ++i) fork.accept(fork.next(row_at(20), workspace).token);
  CHECK(original.next(row_at(12), workspace).token == next);

  auto longer = test::session_after(decoder, 30, row_at);
  for (std::size_t n = 30; n > 0; n -= 6) {
    const auto shorter = test::session_after(decoder, n, row_at);
    REQUIRE(std::vector(longer.tokens().begin(), longer.tokens().end()) ==
            std::vector(shorter.tokens().begin(), shorter.tokens().end()));
    auto a = longer, b = shorter;  // and so they go on
    for (std::size_t i = n; i < n + 10; ++i) {
      const lk::Token token = a.next(row_at(i), workspace).token;
      REQUIRE(token == b.next(row_at(i), workspace).token);
      a.accept(token), b.accept(token);
    }
    longer.rollback(6);
  }
}

TEST_CASE("Mirostat recalls mu, by value") {
  lk::Mirostat mirostat{3.0, 0.5};
  lk::Workspace workspace;
  std::vector<double> mus{mirostat.mu()};
  for (std::size_t i = 0; i < 6; ++i) {
    const auto row = row_at(i);
    lk::Candidates set(row, workspace);
    mirostat(set, {});
    mirostat.accept(set.best());
    mus.push_back(mirostat.mu());
    CHECK(mus[i] != mus[i + 1]);
  }
  for (std::size_t kept = 0; kept <= 6; ++kept) {
    lk::Mirostat replayed{3.0, 0.5};
    for (std::size_t i = 0; i < kept; ++i) replayed.accept(0);
    replayed.recall(mirostat);
    CHECK(replayed.mu() == mus[kept]);
  }
}

TEST_CASE("Mirostat refuses what cannot be") {
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(lk::Mirostat<double>::check(1e-9, 0).empty());
  CHECK(lk::Mirostat<double>::check(0, 0.1) == "Mirostat: tau must satisfy 0 < tau < inf, got 0");
  CHECK(lk::Mirostat<double>::check(5, -0.5) ==
        "Mirostat: eta must satisfy 0 <= eta < inf, got -0.5");
  CHECK_FALSE(lk::Mirostat<double>::check(infinity, 0.1).empty());
  CHECK_FALSE(lk::Mirostat<double>::check(5, std::nan("")).empty());
  CHECK(lk::Mirostat<double>::check(5, 0.1, {.version = 3}) ==
        "Mirostat: version must satisfy version = 1 or 2, got 3");
  CHECK(lk::Mirostat<double>::check(5, 0.1, {.m = 1}) == "Mirostat: m must satisfy m >= 2, got 1");
  reference::refuses([] { lk::Mirostat{-1.0, 0.1}; },
                     "Mirostat: tau must satisfy 0 < tau < inf, got -1");
}

TEST_CASE("Mirostat's first version keeps the best of scores that are worlds apart") {
  const lk::Mirostat mirostat{5.0, 0.1, kVersion1};
  for (const std::vector<double>& row :
       {std::vector{1e308, -1e308}, std::vector{1e308, -1e308, -1.1e308}}) {
    CHECK(reference::after(mirostat, row)[0] == (long double)(1e308));
    CHECK(reference::count_kept(reference::after(mirostat, row)) == 1);
  }
}
