// SPDX-License-Identifier: MIT
// ExponentialLengthDecay: the twin, where it starts, both signs, no infinity however long the text.
#include "support/catch.hpp"

#include "reference/transforms.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/exponential_length_decay.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;

namespace {

template <class S>
Scores scores_at(const auto& decay, const std::vector<S>& row, std::size_t generated) {
  const Tokens tokens(2 + generated, 9);
  return reference::after(decay, row, {tokens, 2});
}

}  // namespace

TEMPLATE_TEST_CASE("ExponentialLengthDecay agrees with its twin", "", float, double) {
  const Tokens tokens(12, 9);
  for (const double factor : {0.25, 0.9, 1.0, 1.01, 1.75}) {
    for (const std::size_t start : {std::size_t(0), std::size_t(6), std::size_t(10)}) {
      reference::agree<TestType>(lk::ExponentialLengthDecay{start, factor, {0}},
                                 [&](const Scores& s) {
                                   return reference::exponential_length_decay(s, start, factor, {0},
                                                                              10);
                                 },
                                 {tokens, 2});
    }
  }
}

TEMPLATE_TEST_CASE("ExponentialLengthDecay begins after `start` generated tokens", "", float,
                   double) {
  const std::vector<TestType> row{2, 3, -4};
  const lk::ExponentialLengthDecay decay{2, 2.0, {0, 2}};
  CHECK(scores_at(decay, row, 0) == Scores{2, 3, -4});
  CHECK(scores_at(decay, row, 2) == Scores{2, 3, -4});
  CHECK(scores_at(decay, row, 3) == Scores{4, 3, 0});
  CHECK(reference::difference(scores_at(decay, row, 5), {16, 3, 24}, 1e-6L) == "");
  const Tokens tokens{9};
  CHECK(reference::status_after(lk::ExponentialLengthDecay{0, 2, {3}}, row, {tokens, 0}) ==
        lk::Status::token_out_of_range);
}

TEMPLATE_TEST_CASE("ExponentialLengthDecay draws to the end whatever the sign of the score",
                   "[peers]", float, double) {
  const std::vector<TestType> row{2, -2, 0};
  for (const std::size_t generated : {std::size_t(1), std::size_t(9)}) {
    const Scores more = scores_at(lk::ExponentialLengthDecay{0, 1.5, {0, 1, 2}}, row, generated);
    CHECK((more[0] > 2 && more[1] > -2 && more[2] == 0));
    const Scores less = scores_at(lk::ExponentialLengthDecay{0, 0.5, {0, 1, 2}}, row, generated);
    CHECK((less[0] < 2 && less[1] < -2 && less[2] == 0));
  }
}

TEMPLATE_TEST_CASE("ExponentialLengthDecay does not make NaN of a banned end token", "[peers]",
                   float, double) {
  const auto b = reference::kBanned;
  const std::vector<TestType> row{static_cast<TestType>(b), 1};
  for (const double factor : {0.5, 1.0, 2.0}) {
    CHECK(scores_at(lk::ExponentialLengthDecay{0, factor, {0}}, row, 5) == Scores{b, 1});
  }
}

TEMPLATE_TEST_CASE("ExponentialLengthDecay of a very long text ends it, with a score of 1e30", "",
                   float, double) {
  const std::vector<TestType> row{0, -1, 1, -1000, 3};
  const lk::ExponentialLengthDecay decay{0, 3e38f, {0, 1, 2, 3}};
  const Tokens tokens(100000, 9);
  lk::Workspace workspace;
  lk::Candidates<TestType> candidates(row, workspace);
  decay(candidates, {tokens, 1});
  CHECK(candidates.status() == lk::Status::ok);
  CHECK(candidates.best() == 1);
  const auto most = static_cast<TestType>(1e30);
  CHECK(reference::scores_of(candidates) == Scores{0, most, most, most, 3});
  const lk::ExponentialLengthDecay away{0, 1e-30f, {0, 1, 2, 3}};
  CHECK(reference::after(away, row, {tokens, 1}) == Scores{0, -2, 0, -2000, 3});
}

TEMPLATE_TEST_CASE("ExponentialLengthDecay leaves a score above 1e30 where it was", "", float,
                   double) {
  const auto large = static_cast<TestType>(1e35);
  const std::vector<TestType> row{large, 1};
  CHECK(scores_at(lk::ExponentialLengthDecay{0, 2.0, {0}}, row, 500) == Scores{large, 1});
}

TEST_CASE("ExponentialLengthDecay refuses negative starts and tokens, and factors not above 0") {
  using Decay = lk::ExponentialLengthDecay<double>;
  CHECK(Decay::check(0, 1.5, {2}).empty());
  CHECK(Decay::check(3, 1e-300, {}).empty());
  CHECK(Decay::check(-1, 1.5, {2}) ==
        "ExponentialLengthDecay: start must satisfy start >= 0, got -1");
  CHECK(Decay::check(0, 0, {2}) ==
        "ExponentialLengthDecay: factor must satisfy 0 < factor < inf, got 0");
  CHECK_FALSE(Decay::check(0, std::numeric_limits<double>::infinity(), {}).empty());
  CHECK_FALSE(Decay::check(0, std::nan(""), {}).empty());
  CHECK(Decay::check(0, 1, {2, -1}) ==
        "ExponentialLengthDecay: end token must satisfy token >= 0, got -1");
  reference::refuses([] { lk::ExponentialLengthDecay(0, -1.5f, {2}); },
                     "ExponentialLengthDecay: factor must satisfy 0 < factor < inf, got -1.5");
  static_assert(!lk::StatefulProcessor<Decay>);
  static_assert(std::same_as<decltype(lk::ExponentialLengthDecay{100, 2, {2}}),
                             lk::ExponentialLengthDecay<float, int>>);
}
