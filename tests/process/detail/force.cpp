// SPDX-License-Identifier: MIT
// force: the twin; scores are exactly 0 whatever scale and shift; bad rows stay bad.
#include "support/catch.hpp"

#include "reference/constraints.hpp"
#include "reference/trial.hpp"

#include <logitkit/process/detail/force.hpp>

namespace lk = logitkit;
using reference::Scores;
using reference::Tokens;

namespace {

constexpr auto b = reference::kBanned;

/// `force` as a processor.
auto forcing(const Tokens& tokens) {
  return [tokens](auto& candidates, const lk::Context&) { lk::detail::force(candidates, tokens); };
}

}  // namespace

TEMPLATE_TEST_CASE("force agrees with its twin", "", float, double) {
  reference::agree<TestType>(forcing({0}),
                             [](const Scores& s) { return reference::force(s, {0}); });
  for (const std::size_t size : {std::size_t(65), std::size_t(1000)}) {
    const Tokens tokens{64, 0, 7, 7, 31, static_cast<lk::Token>(size / 2)};
    reference::for_each_trial<TestType>(
        size, [&](auto& fast, const Scores& before, const auto&) -> std::string {
          const Scores slow = reference::force(before, tokens);
          lk::detail::force(fast, tokens);
          const bool left = reference::count_kept(slow) > 0;
          if ((fast.status() == lk::Status::ok) != left) return lk::to_string(fast.status());
          return reference::difference(reference::scores_of(fast), slow, 0);
        });
  }
}

TEMPLATE_TEST_CASE("what is forced scores 0 exactly, after a temperature and normalised", "", float,
                   double) {
  const auto row = reference::normal_row<TestType>(100, 1);
  lk::Workspace workspace;
  lk::Candidates<TestType> candidates(row, workspace);
  candidates.scale(1 / 0.7);
  candidates.normalise();
  lk::detail::force(candidates, Tokens{3, 90});
  CHECK(candidates.score(3) == 0);
  CHECK(candidates.score(90) == 0);
  CHECK(candidates.best() == 3);
  CHECK(candidates.log_probability(3) == Catch::Approx(-std::log(2.0)));
}

TEMPLATE_TEST_CASE("force never brings a banned token back", "", float, double) {
  const std::vector<TestType> row{1, static_cast<TestType>(b), 3};
  CHECK(reference::after(forcing({1, 2}), row) == Scores{b, b, 0});
  CHECK(reference::status_after(forcing({1}), row) == lk::Status::nothing_left);
  CHECK(reference::status_after(forcing({}), row) == lk::Status::nothing_left);
  const auto twice = [](auto& candidates, const lk::Context&) {
    lk::detail::force(candidates, Tokens{0});
    lk::detail::force(candidates, Tokens{2});
  };
  CHECK(reference::status_after(twice, row) == lk::Status::nothing_left);
}

TEMPLATE_TEST_CASE("force does not make a bad row a good one", "", float, double) {
  constexpr auto kInfinity = std::numeric_limits<TestType>::infinity();
  const std::vector<TestType> infinite{1, kInfinity, 2};
  CHECK(reference::status_after(forcing({1}), infinite) == lk::Status::positive_infinity);
  const std::vector<TestType> no_number{1, std::numeric_limits<TestType>::quiet_NaN(), 2};
  CHECK(reference::status_after(forcing({0}), no_number) == lk::Status::not_a_number);
  CHECK(reference::status_after(forcing({1}), no_number) == lk::Status::not_a_number);
  CHECK(reference::status_after(forcing({0}), std::vector<TestType>{}) == lk::Status::wrong_length);
  CHECK(reference::status_after(forcing({3}), std::vector<TestType>{1, 2}) ==
        lk::Status::token_out_of_range);
}
