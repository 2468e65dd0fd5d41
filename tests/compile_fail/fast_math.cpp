// expect: logitkit needs infinities and NaN
// flags: -ffast-math
// SPDX-License-Identifier: MIT
// All of -ffast-math.
#include <logitkit/version.hpp>
