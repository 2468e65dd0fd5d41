// SPDX-License-Identifier: MIT
// Compiles logitkit's loops over rows, for all instruction sets, once for all files of a program.
#include "kernels.hpp"

template const logitkit::math::Kernels& logitkit::math::kernels<>() noexcept;
