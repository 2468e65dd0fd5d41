// expect: logitkit needs infinities and NaN
// flags: -ffinite-math-only
// SPDX-License-Identifier: MIT
// Without infinities a banned token is no more.
#include <logitkit/version.hpp>
