// expect: logitkit needs its sums in the order they are written
// flags: -fassociative-math -fno-signed-zeros -fno-trapping-math
// SPDX-License-Identifier: MIT
// Sums in another order give other tokens. g++ alone tells.
#include <logitkit/version.hpp>
