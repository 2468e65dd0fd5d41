// SPDX-License-Identifier: MIT
// Before every test: the kernels that candidates use are compiled once, in odr.cpp.
#pragma once

#include <logitkit/version.hpp>

namespace logitkit::inline LOGITKIT_ABI::math {

struct Kernels;
template <class>
const Kernels& kernels() noexcept;
extern template const Kernels& kernels<void>() noexcept;

}  // namespace logitkit::inline LOGITKIT_ABI::math
