// SPDX-License-Identifier: MIT
// Token: an id of the model's vocabulary, counted from 0.
#pragma once

#include <logitkit/version.hpp>

#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI {

using Token = std::int32_t;

/// Where no token was chosen.
inline constexpr Token kNoToken = -1;

}  // namespace logitkit::inline LOGITKIT_ABI
