// SPDX-License-Identifier: MIT
// The slow twins of the penalties. A token that the row does not have is left alone.
#pragma once

#include "reference/scores.hpp"

#include <set>

namespace reference {

/// Every occurrence in the generated text costs its token `a`.
inline Scores frequency_penalty(Scores scores, long double a, const Tokens& generated) {
  for (const std::int32_t token : generated) {
    if (has(scores, token)) scores[static_cast<std::size_t>(token)] -= a;
  }
  return scores;
}

inline Tokens distinct(const Tokens& tokens) {
  const std::set<std::int32_t> once(tokens.begin(), tokens.end());
  return {once.begin(), once.end()};
}

/// Every distinct token of the generated text costs `a`.
inline Scores presence_penalty(const Scores& scores, long double a, const Tokens& generated) {
  return frequency_penalty(scores, a, distinct(generated));
}

/// `tokens`: prompt and generated text.
inline Scores repetition_penalty(Scores scores, long double r, const Tokens& tokens) {
  for (const std::int32_t token : distinct(tokens)) {
    if (!has(scores, token)) continue;
    long double& s = scores[static_cast<std::size_t>(token)];
    s = s < 0 ? s * r : s / r;
  }
  return scores;
}

/// What the encoder has read is not punished but favoured.
inline Scores encoder_repetition_penalty(const Scores& scores, long double r,
                                         const Tokens& encoder) {
  return repetition_penalty(scores, 1 / r, encoder);
}

}  // namespace reference
