// SPDX-License-Identifier: MIT
// Linked into every test: a function that forgot `inline` is then a link error.
#include <logitkit/logitkit.hpp>

#include "support/compiled_elsewhere.hpp"

namespace logitkit::inline LOGITKIT_ABI {
LOGITKIT_TEST_COMPILED(template)  // for all tests
}  // namespace logitkit::inline LOGITKIT_ABI
