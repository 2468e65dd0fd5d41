// SPDX-License-Identifier: MIT
// The kernels in NEON give the bits of the portable ones, where the machine has it.
#include <logitkit/math/detail/lanes_neon.hpp>

#include "support/catch.hpp"
#include "support/kernel_trial.hpp"

namespace math = logitkit::math;

TEST_CASE("the neon kernels are the portable ones, to the bit", "[kernels]") {
#if LOGITKIT_HAS_NEON
  if (math::supports(math::InstructionSet::neon)) {
    CHECK_NOTHROW(test::try_kernels(math::neon::table(), 100000));
    return;
  }
#endif
  WARN("this machine has no neon");
}
