// SPDX-License-Identifier: MIT
// How exact weights are: those of float rows are floats, those of double rows nearly doubles.
#pragma once

#include <concepts>

namespace test {

/// Relative, of one weight or of a sum of them.
template <std::floating_point S>
inline constexpr double kWeightError = sizeof(S) == 4 ? 1.5e-7 : 1e-14;

}  // namespace test
