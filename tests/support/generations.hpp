// SPDX-License-Identifier: MIT
// Results compared in everything that they say.
#pragma once

#include "support/catch.hpp"

#include <logitkit/core/generation.hpp>

#include <cmath>
#include <vector>

namespace test {

/// Bit for bit; whether, not what, a model has thrown.
inline void check_equal(const logitkit::Generation& a, const logitkit::Generation& b) {
  const auto same = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  CHECK(a.tokens == b.tokens);
  CHECK((same(a.score, b.score) && same(a.inclusion, b.inclusion) && same(a.weight, b.weight)));
  CHECK(a.reason == b.reason);
  CHECK(a.status == b.status);
  CHECK(a.stop_size == b.stop_size);
  CHECK(a.model_log_probabilities == b.model_log_probabilities);
  CHECK(a.choice_log_probabilities == b.choice_log_probabilities);
  CHECK(std::ranges::equal(a.alternatives, b.alternatives, [](auto& x, auto& y) {
    return x.token == y.token && x.log_probability == y.log_probability;
  }));
  CHECK(a.ranks == b.ranks);
  CHECK(bool(a.error) == bool(b.error));
}

inline void check_equal(const std::vector<logitkit::Generation>& a,
                        const std::vector<logitkit::Generation>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) check_equal(a[i], b[i]);
}

}  // namespace test
