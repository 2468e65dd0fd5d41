// SPDX-License-Identifier: MIT
// What drafters without a model look for, found by comparing everything.
#pragma once

#include <logitkit/core/token.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace reference {

/// The longest end of a text, of `least` to `most` tokens, that occurs before, too; its length, and
/// the index of what came after it the first time. Length 0 if there is none.
struct Earlier {
  std::size_t length = 0, next = 0;
};
inline Earlier earlier(const std::vector<logitkit::Token>& text, std::size_t least,
                       std::size_t most) {
  for (std::size_t length = std::min(most, text.size()); length >= least; --length) {
    for (std::size_t next = length; next < text.size(); ++next) {
      const auto end = text.begin() + static_cast<std::ptrdiff_t>(next);
      if (std::equal(end - static_cast<std::ptrdiff_t>(length), end,
                     text.end() - static_cast<std::ptrdiff_t>(length))) {
        return {length, next};
      }
    }
  }
  return {};
}

}  // namespace reference
