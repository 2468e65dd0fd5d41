// SPDX-License-Identifier: MIT
// Compiles what every file that decodes needs, for all of a program's files.
#include "compiled_once.hpp"

template const logitkit::math::Kernels& logitkit::math::kernels<>() noexcept;
template class logitkit::Candidates<float>;
