// SPDX-License-Identifier: MIT
// Says that logitkit's loops over rows are compiled in kernels.cpp, and so in no other file.
#pragma once

#include <logitkit/math/kernels.hpp>

extern template const logitkit::math::Kernels& logitkit::math::kernels<>() noexcept;
