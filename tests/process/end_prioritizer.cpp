// SPDX-License-Identifier: MIT
// EndPrioritizer: the probability at which it acts, several end tokens, none, what is banned.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/process/end_prioritizer.hpp>

namespace lk = logitkit;
using reference::Scores;

TEMPLATE_TEST_CASE("EndPrioritizer acts above p, in any situation", "", float, double) {
  for (const std::size_t size : reference::sizes()) {
    const auto last = static_cast<lk::Token>(size - 1);
    for (const double p : {0.0, 0.0123, 0.31, 0.731}) {
      reference::for_each_trial<TestType>(
          size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
            lk::EndPrioritizer{p, {last, 0}}(fast, {});
            const Scores probability = reference::probabilities(before);
            const auto most = std::max(probability.front(), probability.back());
            if (std::fabs(most - static_cast<long double>(p)) < 1e-6L) return {};
            Scores slow = before;
            for (std::size_t t = 1; most > p && t + 1 < size; ++t) slow[t] = reference::kBanned;
            return reference::difference(reference::scores_of(fast), slow,
                                         reference::tolerance(before, row));
          });
    }
  }
}

TEMPLATE_TEST_CASE("EndPrioritizer: one end token is enough, a banned one is none", "", float,
                   double) {
  const auto b = reference::kBanned;
  const std::vector<TestType> row{3, 0, 3, -std::numeric_limits<TestType>::infinity()};
  CHECK(reference::after(lk::EndPrioritizer{0.4, {1, 2}}, row) == Scores{b, 0, 3, b});
  CHECK(reference::after(lk::EndPrioritizer{0.5, {1, 2}}, row) == Scores{3, 0, 3, b});
  CHECK(reference::after(lk::EndPrioritizer{0.0, {3}}, row) == Scores{3, 0, 3, b});
  CHECK(reference::after(lk::EndPrioritizer{0.0, {3, 1, 99}}, row) == Scores{b, 0, b, b});
  CHECK(reference::after(lk::EndPrioritizer{0.0, {}}, row) == Scores{3, 0, 3, b});
  CHECK(reference::after(lk::EndPrioritizer{1, {0}}, std::vector<TestType>{7}) == Scores{7});
}

TEST_CASE("EndPrioritizer refuses what is not in [0, 1], and negative tokens") {
  CHECK(lk::EndPrioritizer<>::check(0, {2}).empty());
  CHECK(lk::EndPrioritizer<>::check(1, {}).empty());
  CHECK_FALSE(lk::EndPrioritizer<>::check(std::numeric_limits<float>::quiet_NaN(), {}).empty());
  reference::refuses([] { lk::EndPrioritizer{1.5, {2}}; },
                     "EndPrioritizer: p must satisfy 0 <= p <= 1, got 1.5");
  reference::refuses([] { lk::EndPrioritizer{0.5, {2, -1}}; },
                     "EndPrioritizer: end token must satisfy token >= 0, got -1");
  static_assert(std::same_as<decltype(lk::EndPrioritizer{1, {}}), lk::EndPrioritizer<float>>);
}
