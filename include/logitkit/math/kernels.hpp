// SPDX-License-Identifier: MIT
// The loops over whole rows, in the instruction set of the machine that runs them.
#pragma once

#include <logitkit/math/detail/lanes_avx2.hpp>
#include <logitkit/math/detail/lanes_avx512.hpp>
#include <logitkit/math/detail/lanes_neon.hpp>
#include <logitkit/math/detail/lanes_portable.hpp>

namespace logitkit::inline LOGITKIT_ABI::math {

/// The functions of the instruction set in use. All sets give the same bits, but for quick sums of
/// tiles, which decide nothing that these bits could change: see Weighing::slack.
template <class = void>
[[nodiscard]] const Kernels& kernels() noexcept {
  switch (instruction_set()) {
#if LOGITKIT_HAS_AVX
    case InstructionSet::avx512:
      return avx512::table();
    case InstructionSet::avx2:
      return avx2::table();
#endif
#if LOGITKIT_HAS_NEON
    case InstructionSet::neon:
      return neon::table();
#endif
    default:
      return portable::table();
  }
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
