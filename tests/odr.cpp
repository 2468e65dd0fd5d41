// SPDX-License-Identifier: MIT
// Linked into every test: a function that forgot `inline` is then a link error.
#include <logitkit/logitkit.hpp>

template const logitkit::math::Kernels& logitkit::math::kernels<void>() noexcept;  // for all tests
