// SPDX-License-Identifier: MIT
// KeepDenormals: denormal numbers are kept while it lives, and the mode is as before afterwards.
#include <logitkit/math/detail/keep_denormals.hpp>

#include "support/catch.hpp"
#include "support/flush_to_zero.hpp"

#include <limits>

namespace math = logitkit::math;

namespace {

volatile float least = std::numeric_limits<float>::min();

bool operands_are_kept() {
  const volatile float denormal = std::numeric_limits<float>::denorm_min();
  return denormal > 0;
}
bool results_are_kept() {
  const volatile float half = least / 2;
  return half > 0;
}

}  // namespace

TEST_CASE("denormals are kept while it lives, whatever the mode, which comes back") {
  {
    const math::KeepDenormals keep;
    CHECK((operands_are_kept() && results_are_kept()));
  }
  CHECK((operands_are_kept() && results_are_kept()));
  const test::FlushToZero flush;
  const bool flushed = !operands_are_kept() && !results_are_kept();
  {
    const math::KeepDenormals keep;
    const math::KeepDenormals nested;
    CHECK((operands_are_kept() && results_are_kept()));
  }
  CHECK(flushed == test::FlushToZero::kWorks);
  CHECK((operands_are_kept() || results_are_kept()) == !flushed);
}
