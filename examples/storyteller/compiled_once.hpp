// SPDX-License-Identifier: MIT
// Says that what logitkit does with rows of floats is compiled in compiled_once.cpp, and so in no
// other file: more than half of what a file that decodes costs.
#pragma once

#include <logitkit/core/candidates.hpp>
#include <logitkit/math/kernels.hpp>

extern template const logitkit::math::Kernels& logitkit::math::kernels<>() noexcept;
extern template class logitkit::Candidates<float>;
