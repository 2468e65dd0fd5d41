// SPDX-License-Identifier: MIT
// Dry: the twin after every token, llama.cpp's table, breakers, windows, powers without end.
#include "support/catch.hpp"

#include "reference/dry.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/dry.hpp>

#include <limits>

namespace lk = logitkit;
using reference::DryRule;
using reference::Scores;
using reference::Tokens;
using reference::with_history;

namespace {

lk::Dry dry_of(const DryRule& rule) {
  return lk::Dry{{.multiplier = rule.multiplier,
                  .base = rule.base,
                  .allowed_length = rule.allowed_length,
                  .last = rule.last,
                  .breakers = rule.breakers}};
}

/// What a row of zeros scores.
Scores penalties(const lk::Dry& dry, std::size_t size) {
  return reference::after(dry, std::vector<double>(size, 0));
}

}  // namespace

TEMPLATE_TEST_CASE("Dry agrees with its twin", "", float, double) {
  const Tokens prompt{40, 0, 5, 62, 64, 40, 0, 5, 999, 1}, generated{0, 5, 63, 0, 5, 40, 0, 5};
  Tokens all = prompt;
  all.insert(all.end(), generated.begin(), generated.end());
  for (const DryRule& rule : {DryRule{0.8, 1.75, 2, lk::kAllTokens, {}},
                              DryRule{2, 1.1, 1, 14, {{40}, {63, 0}}}, DryRule{0, 3, 1, 99, {}}}) {
    reference::agree<TestType>(with_history(dry_of(rule), prompt, generated),
                               [&](const Scores& s) { return reference::dry(s, all, rule); });
  }
}

TEST_CASE("Dry agrees with its twin after every token, however the prompt is cut") {
  const std::vector<std::vector<Tokens>> breakers{
      {}, {{0}}, {{0, 1}}, {{2, 2, 1}, {0}}, {{1, 0, 1, 2, 0}}, {{0, 1, 2}, {1}, {2, 0}}};
  for (const std::size_t last :
       {std::size_t(0), std::size_t(1), std::size_t(4), std::size_t(17), lk::kAllTokens}) {
    for (std::size_t b = 0; b < breakers.size(); ++b) {
      const DryRule rule{1, 1.5, 1 + b % 3, last, breakers[b]};
      reference::Bits bits(last + b);
      lk::Dry step_by_step = dry_of(rule);
      Tokens all;
      for (int i = 0; i < 90; ++i) {
        const bool again = all.size() > 8 && bits.below(4) > 0;
        all.push_back(again ? all[all.size() - 7] : static_cast<lk::Token>(bits.below(3)));
        step_by_step.accept(all.back());
        const Scores slow = reference::dry(Scores(3, 0), all, rule);
        REQUIRE(reference::difference(penalties(step_by_step, 3), slow, 1e-9L) == "");
        const auto cut = all.begin() + static_cast<std::ptrdiff_t>(bits.below(all.size() + 1));
        const lk::Dry replayed = with_history(dry_of(rule), {all.begin(), cut}, {cut, all.end()});
        REQUIRE(penalties(replayed, 3) == penalties(step_by_step, 3));
      }
    }
  }
}

TEMPLATE_TEST_CASE("Dry: llama.cpp's table", "[llama.cpp]", float, double) {
  const auto check = [](const DryRule& rule, const Tokens& history, const Scores& expected) {
    const std::vector<TestType> row(expected.size(), 0);
    const auto dry = with_history(dry_of(rule), history);
    const Scores p = reference::probabilities(reference::after(dry, row));
    for (std::size_t t = 0; t < row.size(); ++t) CHECK(std::fabs(p[t] - expected[t]) < 1e-6L);
  };
  check({1, 1.1, 2, 4, {}}, {0, 1}, {0.25L, 0.25L, 0.25L, 0.25L});
  check({1, 1.1, 2, 5, {}}, {0, 1, 2, 0, 1}, {0.296923L, 0.296923L, 0.109232L, 0.296923L});
  check({1, 1.1, 2, 6, {{3}}}, {0, 1, 3, 4, 0, 1}, {0.2L, 0.2L, 0.2L, 0.2L, 0.2L});
  check({2, 1.1, 2, 5, {}}, {0, 1, 2, 0, 1},
        {0.241818L, 0.241818L, 0.032727L, 0.241818L, 0.241818L});
  check({1, 1.1, 4, 7, {}}, {0, 1, 2, 3, 4, 0, 1}, {0.2L, 0.2L, 0.2L, 0.2L, 0.2L});
}

TEST_CASE("Dry: the penalty grows with the repeat, and the longest of several counts") {
  const DryRule rule{0.5, 2, 2, lk::kAllTokens, {}};
  // 1 2 twice before 3, which is no more than once; and 1 2 3 0 1 2, six tokens, before 4.
  const Tokens tokens{1, 2, 3, 0, 1, 2, 4, 1, 2, 3, 0, 1, 2};
  CHECK(penalties(with_history(dry_of(rule), tokens), 6) == Scores{0, 0, 0, -0.5L, -8, 0});
}

TEST_CASE("Dry: a breaker of several tokens breaks where it ends, part of one does not",
          "[peers]") {
  const auto after = [](const std::vector<Tokens>& breakers) {
    const DryRule rule{1, 2, 1, lk::kAllTokens, breakers};
    return penalties(with_history(dry_of(rule), {7, 8, 1, 2, 5, 7, 8, 1, 2}), 6)[5];
  };
  CHECK(after({}) == -8);
  CHECK(after({{7, 8}}) == -2);  // two tokens are left after it
  CHECK(after({{8, 1}}) == -1);
  CHECK(after({{1, 2}}) == 0);
  CHECK(after({{8, 7}}) == -8);           // in another order it is none
  CHECK(after({{7, 8, 5}}) == -8);        // begun and not ended
  CHECK(after({{2, 5, 7, 8, 1}}) == -1);  // across two of the text's parts
  CHECK(after({{1, 2, 5}}) == -8);        // what ended before the run is no matter
  // One inside another: llama.cpp finds the one that begins last, and would allow the rest of the
  // longer one to repeat. Here the one that ends last breaks.
  CHECK(after({{8}, {7, 8, 1}}) == -1);
  CHECK(after({{7, 8, 1}, {8}}) == -1);
}

TEST_CASE("Dry: a breaker alone has no penalty, the last token of a longer one has") {
  const Tokens tokens{1, 2, 3, 1, 2};
  const auto after = [&](const std::vector<Tokens>& breakers) {
    return penalties(with_history(dry_of({1, 2, 2, lk::kAllTokens, breakers}), tokens), 4)[3];
  };
  CHECK(after({}) == -1);
  CHECK(after({{3}}) == 0);
  CHECK(after({{4, 3}}) == -1);
}

TEST_CASE("Dry: a breaker that begins before the window is one", "[peers]") {
  // Of 8 1 1 1 1 1 the window is the last five, where all but one would match without the breaker.
  const Tokens tokens{8, 1, 1, 1, 1, 1};
  const lk::Dry dry = dry_of({1, 2, 1, 5, {{8, 1, 1}}});
  CHECK(penalties(with_history(dry, tokens), 2)[1] == -4);
  CHECK(penalties(with_history(dry, {}, tokens), 2)[1] == -4);
  CHECK(penalties(with_history(dry_of({1, 2, 1, 5, {}}), tokens), 2)[1] == -8);
}

TEST_CASE("Dry: what has left the window is forgotten", "[peers]") {
  lk::Dry dry = with_history(dry_of({1, 2, 2, 5, {}}), {0, 1, 2, 0, 1});
  CHECK(penalties(dry, 3) == Scores{0, 0, -1});
  dry.accept(4), dry.accept(0), dry.accept(1);  // 0 1 4 0 1
  CHECK(penalties(dry, 5) == Scores{0, 0, 0, 0, -1});
}

TEMPLATE_TEST_CASE("Dry: however long the repeat and large the base, nothing overflows", "[peers]",
                   float, double) {
  const std::vector<TestType> row{1, 2};
  for (const double base : {1.0, 1.0000001, 1.75, 1e300}) {
    for (const double multiplier : {1e-300, 1.0, 1e300}) {
      for (const std::size_t length : {std::size_t(3), std::size_t(3000)}) {
        const auto dry =
            with_history(dry_of({multiplier, base, 1, lk::kAllTokens, {}}), Tokens(length, 0), {0});
        CAPTURE(base, multiplier, length);
        CHECK(reference::status_after(dry, row) == lk::Status::ok);
        const Scores scores = reference::after(dry, row);
        CHECK(scores[0] >= -1.0000001e30L);
        CHECK(scores[1] == 2);
      }
    }
  }
}

// The fuzzer's finding: one more than the largest number was 0, and the search went on for ever.
TEST_CASE("Dry: no repeat is as long as the largest number") {
  for (const std::size_t allowed : {std::numeric_limits<std::size_t>::max(), lk::kAllTokens / 2}) {
    for (const double base : {1.0, 1.75, 1e300}) {
      const auto dry = with_history(dry_of({0.8, base, allowed, lk::kAllTokens, {}}),
                                    {1, 2, 1, 2, 1, 2, 1}, {2, 1, 2});
      CHECK(penalties(dry, 4) == Scores(4, 0));
    }
  }
}

TEST_CASE("Dry: a multiplier of 0 and a base of 1 are what they say") {
  const Tokens tokens{0, 1, 2, 0, 1};
  CHECK(penalties(with_history(dry_of({0, 1e300, 1, lk::kAllTokens, {}}), tokens), 3) ==
        Scores{0, 0, 0});
  CHECK(penalties(with_history(dry_of({3, 1, 1, lk::kAllTokens, {}}), tokens), 3) ==
        Scores{0, 0, -3});
}

TEST_CASE("Dry refuses by name") {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const auto check = [](const lk::DryOptions& options) { return options.check(); };
  CHECK(check({}).empty());
  CHECK(check({.multiplier = 0, .base = 1, .allowed_length = 1, .last = 0}).empty());
  CHECK(check({.multiplier = -1}) ==
        "DryOptions: multiplier must satisfy 0 <= multiplier < inf, got -1");
  CHECK_FALSE(check({.multiplier = kInfinity}).empty());
  CHECK_FALSE(check({.multiplier = std::nan("")}).empty());
  CHECK(check({.base = 0.5}) == "DryOptions: base must satisfy 1 <= base < inf, got 0.5");
  CHECK_FALSE(check({.base = kInfinity}).empty());
  CHECK(check({.allowed_length = 0}) ==
        "DryOptions: allowed_length must satisfy allowed_length >= 1, got 0");
  CHECK(check({.breakers = {{1}, {}}}) ==
        "DryOptions: length of a breaker must satisfy length >= 1, got 0");
  CHECK(check({.breakers = {{1, -1}}}) ==
        "DryOptions: token of a breaker must satisfy token >= 0, got -1");
  reference::refuses([] { lk::Dry{{.base = 0.5}}; },
                     "DryOptions: base must satisfy 1 <= base < inf, got 0.5");
}
