// SPDX-License-Identifier: MIT
// Context: what a processor or a stop rule may look at. It owns nothing.
#pragma once

#include <logitkit/core/token.hpp>

#include <cstddef>
#include <span>

namespace logitkit::inline LOGITKIT_ABI {

struct Context {
  std::span<const Token> tokens;  ///< all tokens so far, the prompt first
  std::size_t prompt_size = 0;    ///< how many of them are the prompt, <= tokens.size()

  [[nodiscard]] std::span<const Token> prompt() const { return tokens.first(prompt_size); }
  [[nodiscard]] std::span<const Token> generated() const { return tokens.subspan(prompt_size); }

  /// The index of the token that is chosen next: randomness is keyed by it.
  [[nodiscard]] std::size_t position() const { return tokens.size(); }
};

}  // namespace logitkit::inline LOGITKIT_ABI
