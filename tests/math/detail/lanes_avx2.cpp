// SPDX-License-Identifier: MIT
// The kernels in AVX2 give the bits of the portable ones, where the machine has it.
#include <logitkit/math/detail/lanes_avx2.hpp>

#include "support/kernel_trial.hpp"

namespace math = logitkit::math;

TEST_CASE("the avx2 kernels are the portable ones, to the bit", "[kernels]") {
#if LOGITKIT_HAS_AVX
  if (math::supports(math::InstructionSet::avx2)) {
    test::require_same_as_portable(math::avx2::table());
    return;
  }
#endif
  WARN("this machine has no avx2");
}
