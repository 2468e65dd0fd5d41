// SPDX-License-Identifier: MIT
// Candidates against its slow twin, over random runs of all its operations; and its laws.
#include "support/allocations.hpp"

#include <logitkit/core/candidates.hpp>

#include "reference/candidates.hpp"
#include "support/catch.hpp"
#include "support/rows.hpp"
#include "support/weight_error.hpp"

#include <cstring>

namespace lk = logitkit;

static_assert(!std::copy_constructible<lk::Candidates<float>>);
static_assert(!std::is_copy_assignable_v<lk::Candidates<float>>);

namespace {

/// Scores may differ by `within`; all else is the same.
template <class S>
void require_equal(lk::Candidates<S>& set, const reference::Candidates<S>& twin,
                   double within = 0) {
  REQUIRE(set.vocabulary() == twin.vocabulary());
  REQUIRE(set.size() == twin.size());
  const auto same = [within](double a, double b) { return a == b || std::fabs(a - b) <= within; };
  std::vector<lk::Token> tokens, twin_tokens;
  for (const auto [token, score] : set) {
    tokens.push_back(token);
    if (!same(double(score), twin.score(token))) {
      FAIL("token " << token << ": " << score << ", twin " << twin.score(token));
    }
  }
  for (std::size_t i = 0; i < twin.vocabulary(); ++i) {
    const auto token = static_cast<lk::Token>(i);
    if (twin.in(i)) twin_tokens.push_back(token);
    if (!same(double(set.score(token)), twin.score(token))) FAIL("score of token " << token);
    if (set.contains(token) != twin.contains(token)) FAIL("contains token " << token);
  }
  REQUIRE(tokens == twin_tokens);
  const auto order = twin.order();
  REQUIRE(set.status() == (order.empty() ? lk::Status::nothing_left : lk::Status::ok));
  REQUIRE(set.best() == twin.best());
  REQUIRE(same(set.maximum(), twin.maximum()));
  std::vector<lk::Token> sorted;
  for (const auto& entry : set.sorted()) sorted.push_back(entry.token);
  REQUIRE(sorted == order);
  if (order.empty()) return;
  const double margin = std::max(within, 2 * test::kWeightError<S>);
  REQUIRE(set.log_sum_exp() == Catch::Approx(twin.log_sum_exp()).epsilon(1e-14).margin(margin));
  REQUIRE(set.entropy() == Catch::Approx(twin.entropy()).epsilon(1e-6).margin(1e-6));
  const auto log_probabilities = twin.log_probabilities();
  for (const lk::Token token : twin_tokens) {
    const double expected = log_probabilities[static_cast<std::size_t>(token)];
    const double ours = set.log_probability(token);
    if (ours != expected && ours != Catch::Approx(expected).epsilon(1e-13).margin(margin)) {
      FAIL("log-probability of token " << token << ": " << ours << ", twin " << expected);
    }
  }
}

template <class S>
void require_same_draws(lk::Candidates<S>& set, const reference::Candidates<S>& twin,
                        test::Random& random, double within = 0) {
  for (int i = 0; i < 3; ++i) {
    const double u = random.uniform();
    double margin = 0;
    const lk::Token expected = twin.draw(u, margin);
    if (margin > std::max(within, 10 * test::kWeightError<S>)) REQUIRE(set.draw(u) == expected);
  }
}

/// One random operation on both. Exact unless `within` is given: scales are powers of two, edits of
/// few digits. If it is, scores are normalised as well, and no two of them come close.
template <class S>
void one_step(lk::Candidates<S>& set, reference::Candidates<S>& twin, test::Random& random,
              double within = 0) {
  const std::size_t vocabulary = twin.vocabulary();
  const auto any = [&] { return static_cast<lk::Token>(random.below(vocabulary)); };
  const auto edit = [&](double step) {
    const double x = random.between(-4, 4);
    return static_cast<S>(within > 0 ? x : std::floor(x / step) * step);
  };
  const lk::Token token = any();
  switch (random.below(within > 0 ? 17 : 14)) {
    case 0:
    case 1: {
      const S score = edit(1);
      set.set(token, score), twin.set(token, double(score));
      break;
    }
    case 2:
    case 3: {
      const S delta = edit(0.25);
      set.add(token, delta), twin.add(token, double(delta));
      break;
    }
    case 4:
      set.ban(token), twin.ban(token);
      break;
    case 5: {
      const double factor = random.below(2) == 0 ? 2 : 0.5;
      set.scale(factor), twin.scale(factor);
      break;
    }
    case 6: {
      const auto halve = [](lk::Token t, double score) { return t % 2 == 0 ? score : score / 2; };
      set.transform(halve), twin.transform(halve);
      break;
    }
    case 7: {
      const std::size_t k = random.below(4) == 0 ? random.below(5) : random.below(vocabulary + 3);
      set.keep_top(k), twin.keep_top(k);
      break;
    }
    case 8:
    case 9: {
      const double p = random.below(6) == 0 ? 1 : random.uniform();
      if (p < 1 && twin.mass_margin(p) < std::max(within, 10 * test::kWeightError<S>)) break;
      set.keep_mass(p), twin.keep_mass(p);
      break;
    }
    case 10: {  // at a score, or below the maximum
      double threshold = double(set.score(token));
      if (within > 0 || random.below(2) == 0) threshold = set.maximum() - random.between(0, 20);
      set.keep_above(threshold), twin.keep_above(threshold);
      break;
    }
    case 11: {
      const auto keep = [&](lk::Token t, auto) { return t % 7 != token % 7; };
      set.keep_if(keep), twin.keep_if(keep);
      break;
    }
    case 12: {
      std::vector<lk::Token> tokens(1 + random.below(vocabulary));
      for (auto& t : tokens) t = any();
      set.keep_only(tokens), twin.keep_only(tokens);
      break;
    }
    case 13: {
      std::vector<std::uint32_t> words(1 + random.below(vocabulary / 32 + 2));
      for (auto& word : words) word = static_cast<std::uint32_t>(random.bits() | random.bits());
      set.mask(words), twin.mask(words);
      break;
    }
    default:
      if (twin.best() != lk::kNoToken) set.normalise(), twin.normalise();
  }
}

}  // namespace

TEMPLATE_TEST_CASE("random runs of operations match the twin", "[candidates]", float, double) {
  using S = TestType;
  lk::Workspace workspace;  // one for all: no run may leave a trace
  std::uint64_t seed = 0;
  for (const auto& [name, row] : test::all_named_rows<S>()) {
    for (int run = 0; run < (row.size() > 100 ? 2 : 10); ++run) {
      CAPTURE(name, run);
      test::Random random(++seed);
      const auto untouched = row;
      lk::Candidates set(row, workspace);
      reference::Candidates<S> twin(row);
      require_equal(set, twin);
      for (int step = 0; step < 8; ++step) {
        CAPTURE(step);
        one_step(set, twin, random);
        if (random.below(3) != 0) continue;  // caches are asked at some steps only
        require_equal(set, twin);
        if (twin.best() == lk::kNoToken) break;
        require_same_draws(set, twin, random);
      }
      require_equal(set, twin);
      REQUIRE(std::memcmp(untouched.data(), row.data(), row.size() * sizeof(S)) == 0);
    }
  }
}

TEST_CASE("random runs that also normalise match the twin to 1e-9", "[candidates]") {
  constexpr double kWithin = 1e-9;
  lk::Workspace workspace;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    CAPTURE(seed);
    test::Random random(seed);
    const auto row = test::gauss_row<double>(test::kSizes[seed % 7], 3, seed);
    lk::Candidates set(row, workspace);
    reference::Candidates<double> twin(row);
    for (int step = 0; step < 8; ++step) {
      CAPTURE(step);
      one_step(set, twin, random, kWithin);
      if (random.below(3) != 0) continue;
      require_equal(set, twin, kWithin);
      if (twin.best() == lk::kNoToken) break;
      require_same_draws(set, twin, random, kWithin);
    }
    require_equal(set, twin, kWithin);
  }
}

TEMPLATE_TEST_CASE("a vocabulary of 128256 matches the twin", "[candidates]", float, double) {
  using S = TestType;
  const auto row = test::large_row<S>();
  lk::Workspace workspace;
  lk::Candidates set(row, workspace);
  reference::Candidates<S> twin(row);
  for (lk::Token token = 5; token < 128256; token += 997) {
    set.add(token, S(6)), twin.add(token, 6);
  }
  set.ban(77), twin.ban(77);
  REQUIRE(set.count() == set.size() - 1);
  const double within = 2 * test::kWeightError<S>;
  REQUIRE(set.log_sum_exp() == Catch::Approx(twin.log_sum_exp()).epsilon(1e-14).margin(within));
  REQUIRE(set.entropy() == Catch::Approx(twin.entropy()).epsilon(1e-6));
  for (const double u : {0.1, 0.93}) {
    double margin = 0;
    const lk::Token expected = twin.draw(u, margin);
    if (margin > 100 * test::kWeightError<S>) REQUIRE(set.draw(u) == expected);
  }
  set.keep_mass(0.9), twin.keep_mass(0.9);
  REQUIRE(set.size() == twin.size());
  set.keep_top(100), twin.keep_top(100);
  REQUIRE(set.size() == 100);
  for (const auto [token, score] : set) REQUIRE(double(score) == twin.score(token));
  REQUIRE(set.count() == 100);
  set.ban(set.best());
  REQUIRE(set.count() == 99);
}

TEMPLATE_TEST_CASE("adding a number to all scores changes no choice", "[candidates]", float,
                   double) {
  using S = TestType;
  lk::Workspace workspace, other;
  for (const std::size_t size : test::kSizes) {
    std::vector<S> row(size), shifted(size);
    test::Random random(size);
    for (std::size_t i = 0; i < size; ++i) {
      row[i] = S(std::floor(random.between(-80, 80))) / 8;  // exact when shifted
      shifted[i] = row[i] + 1000;
    }
    for (const double p : {0.1, 0.5, 0.9, 0.99}) {
      lk::Candidates a(row, workspace), b(shifted, other);
      REQUIRE(a.best() == b.best());
      REQUIRE(a.entropy() == Catch::Approx(b.entropy()).epsilon(1e-6));
      for (const double u : {0.0, 0.3, 0.77, 1 - 0x1p-53}) REQUIRE(a.draw(u) == b.draw(u));
      a.keep_mass(p), b.keep_mass(p);
      REQUIRE(a.size() == b.size());
      for (std::size_t i = 0; i < size; ++i) {
        REQUIRE(a.contains(static_cast<lk::Token>(i)) == b.contains(static_cast<lk::Token>(i)));
      }
    }
  }
}

TEMPLATE_TEST_CASE("a workspace keeps no trace of other vocabularies", "[candidates]", float,
                   double) {
  using S = TestType;
  const auto outcome = [](const std::vector<S>& row, lk::Workspace& workspace) {
    lk::Candidates set(row, workspace);
    set.add(0, S(1));
    set.ban(static_cast<lk::Token>(row.size() / 2));
    std::vector<double> facts{set.log_sum_exp(), set.entropy(), double(set.draw(0.7))};
    set.keep_mass(0.8);
    for (const auto [token, score] : set) facts.push_back(double(token)), facts.push_back(score);
    return facts;
  };
  lk::Workspace used;
  std::vector<std::size_t> sizes{1000, 1, 65, 64, 1000, 33, 2000, 1, 63, 1000, 65};
  for (const std::size_t size : sizes) {
    const auto row = test::gauss_row<S>(size, 3, size);
    lk::Workspace fresh;
    REQUIRE(outcome(row, used) == outcome(row, fresh));
    lk::Candidates dirt(row, used);  // every edit there is, then gone
    dirt.transform([](auto) { return S(99); });
    dirt.set(static_cast<lk::Token>(size - 1), S(1234));
  }
}

TEMPLATE_TEST_CASE("nothing is allocated once the workspace knows the vocabulary", "[candidates]",
                   float, double) {
  using S = TestType;
  const auto row = test::gauss_row<S>(1000, 2, 1);
  const std::vector<lk::Token> tokens{5, 7, 3, 5, 900};
  const std::vector<std::uint32_t> words(32, 0x7fffffffu);
  const auto everything = [&](lk::Workspace& workspace, std::size_t edits) {
    lk::Candidates set(row, workspace);
    for (std::size_t i = 0; i < edits; ++i) set.add(static_cast<lk::Token>(i * 7 % 1000), S(0.5));
    set.ban(3);
    set.transform([](double score) { return score * 2; });
    set.set(5, S(3));
    set.scale(0.7);
    set.normalise();
    double sum = set.maximum() + set.log_sum_exp() + set.entropy() + double(set.draw(0.5));
    sum += double(set.sorted().size() + set.sorted(10).size());
    set.keep_if([](lk::Token token, auto) { return token != 9; });
    set.mask(words);
    set.keep_above(-1000);
    set.keep_mass(0.99);
    set.keep_top(50);
    set.keep_only(tokens);
    return sum + double(set.draw(0.5)) + double(set.best());
  };
  lk::Workspace workspace;
  {
    const lk::Candidates set(row, workspace);
  }  // the first look is enough
  const std::size_t before = test::allocations;
  double sum = 0;
  for (int i = 0; i < 5; ++i) sum += everything(workspace, 900);
  const std::size_t after = test::allocations;
  REQUIRE(after == before);
  REQUIRE(sum == 5 * everything(workspace, 900));

  const std::size_t smaller = test::allocations;
  {
    const lk::Candidates set(std::span<const S>(row.data(), 500), workspace);
  }
  REQUIRE(test::allocations == smaller);
}
