// SPDX-License-Identifier: MIT
// The model and the tokenizer that the program carries within itself.
#pragma once

#include "file.hpp"

namespace storyteller {

[[nodiscard]] Bytes embedded_checkpoint();
[[nodiscard]] Bytes embedded_tokenizer();

}  // namespace storyteller
