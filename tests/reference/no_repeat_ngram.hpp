// SPDX-License-Identifier: MIT
// The slow twin of NoRepeatNgram and EncoderNoRepeatNgram.
#pragma once

#include "reference/scores.hpp"

namespace reference {

/// Bans what would end, after `context`, a run of n tokens that is in `text`.
inline Scores no_repeat_ngram(Scores scores, std::size_t n, const Tokens& text,
                              const Tokens& context) {
  for (std::size_t start = 0; start + n <= text.size(); ++start) {
    const auto gram = text.begin() + static_cast<std::ptrdiff_t>(start);
    const auto last = static_cast<std::ptrdiff_t>(n - 1);
    if (context.size() + 1 < n || !std::equal(gram, gram + last, context.end() - last)) continue;
    const std::int32_t token = gram[last];
    if (token >= 0 && static_cast<std::size_t>(token) < scores.size()) {
      scores[static_cast<std::size_t>(token)] = kBanned;
    }
  }
  return scores;
}

}  // namespace reference
