// SPDX-License-Identifier: MIT
// Chains made of an input: any processors, with any parameters that they take.
#pragma once

#include "fuzz/bytes.hpp"

#include <logitkit/presets/dynamic_chain.hpp>

namespace fuzz {

/// What the input's own processors and callbacks throw.
struct Thrown {};

/// Up to six processors; those that are refused are left out. Those that are `rude` make rows bad,
/// or throw.
[[nodiscard]] lk::DynamicChain chain(Bytes& bytes, std::size_t vocabulary, bool rude);

}  // namespace fuzz
