// SPDX-License-Identifier: MIT
// Two lists of results compared in everything that they say.
#pragma once

#include "support/catch.hpp"

#include <logitkit/core/generation.hpp>

#include <cmath>
#include <vector>

namespace test {

/// Bit for bit; whether, not what, a model has thrown.
inline void check_equal(const std::vector<logitkit::Generation>& a,
                        const std::vector<logitkit::Generation>& b) {
  const auto same = [](double x, double y) { return x == y || (std::isnan(x) && std::isnan(y)); };
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].tokens == b[i].tokens);
    CHECK((same(a[i].score, b[i].score) && same(a[i].inclusion, b[i].inclusion) &&
           same(a[i].weight, b[i].weight)));
    CHECK(a[i].reason == b[i].reason);
    CHECK(a[i].status == b[i].status);
    CHECK(a[i].stop_size == b[i].stop_size);
    CHECK(a[i].model_log_probabilities == b[i].model_log_probabilities);
    CHECK(a[i].choice_log_probabilities == b[i].choice_log_probabilities);
    CHECK(std::ranges::equal(a[i].alternatives, b[i].alternatives, [](auto& x, auto& y) {
      return x.token == y.token && x.log_probability == y.log_probability;
    }));
    CHECK(a[i].ranks == b[i].ranks);
    CHECK(bool(a[i].error) == bool(b[i].error));
  }
}

}  // namespace test
