// SPDX-License-Identifier: MIT
// Linked into every test: a function that forgot `inline` is then a link error.
#include <logitkit/logitkit.hpp>
