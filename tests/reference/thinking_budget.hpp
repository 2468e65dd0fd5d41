// SPDX-License-Identifier: MIT
// The slow twin of ThinkingBudget: reads the whole text each time.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline bool ends_with(const Tokens& text, const Tokens& sequence) {
  return sequence.size() <= text.size() &&
         std::equal(sequence.rbegin(), sequence.rend(), text.rbegin());
}

/// The token that must come after `text`, or -1 if any may.
inline std::int32_t forced_token(const Tokens& text, std::size_t n, const Tokens& begin,
                                 const Tokens& end, const Tokens& forced) {
  bool inside = false;
  Tokens part;  // of the text since the section, or what lies between two, began
  for (const std::int32_t token : text) {
    part.push_back(token);
    if (!ends_with(part, inside ? end : begin)) continue;
    inside = !inside;
    part.clear();
  }
  if (!inside || part.size() < n) return -1;
  for (std::size_t said = forced.size() - 1; said > 0; --said) {
    const Tokens beginning(forced.begin(), forced.begin() + static_cast<std::ptrdiff_t>(said));
    if (ends_with(part, beginning)) return forced[said];
  }
  return forced[0];
}

}  // namespace reference
