// SPDX-License-Identifier: MIT
// The model, its draft and the tokenizer that the program carries within itself.
#pragma once

#include "file.hpp"

namespace storyteller {

[[nodiscard]] Bytes embedded_checkpoint();
[[nodiscard]] Bytes embedded_draft();
[[nodiscard]] Bytes embedded_tokenizer();

}  // namespace storyteller
