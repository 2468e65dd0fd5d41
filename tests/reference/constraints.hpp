// SPDX-License-Identifier: MIT
// The slow twins of the processors that ban and force tokens.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores allow_only(const Scores& scores, const Tokens& tokens) {
  Scores kept(scores.size(), kBanned);
  for (const std::int32_t t : tokens) {
    kept[static_cast<std::size_t>(t)] = scores[static_cast<std::size_t>(t)];
  }
  return kept;
}

inline bool allowed(const std::vector<std::uint32_t>& words, std::size_t token) {
  return token / 32 < words.size() && (words[token / 32] >> (token % 32)) % 2 == 1;
}

inline Scores token_mask(Scores scores, const std::vector<std::uint32_t>& words) {
  for (std::size_t t = 0; t < scores.size(); ++t) {
    if (!allowed(words, t)) scores[t] = kBanned;
  }
  return scores;
}

inline Scores ban(Scores scores, const Tokens& tokens) {
  for (const std::int32_t token : tokens) scores[static_cast<std::size_t>(token)] = kBanned;
  return scores;
}

inline Scores min_new_tokens(const Scores& scores, std::size_t n, const Tokens& end_tokens,
                             std::size_t generated) {
  return generated < n ? ban(scores, end_tokens) : scores;
}

/// All processors that force tokens.
inline Scores force(const Scores& scores, const Tokens& tokens) {
  Scores forced(scores.size(), kBanned);
  for (const std::int32_t token : tokens) {
    const auto t = static_cast<std::size_t>(token);
    if (scores[t] != kBanned) forced[t] = 0;
  }
  return forced;
}

/// Of NoRepeatNgram and EncoderNoRepeatNgram: bans what would end, after `context`, a run of n
/// tokens that is in `text`.
inline Scores no_repeat_ngram(Scores scores, std::size_t n, const Tokens& text,
                              const Tokens& context) {
  for (std::size_t start = 0; start + n <= text.size(); ++start) {
    const auto gram = text.begin() + static_cast<std::ptrdiff_t>(start);
    const auto last = static_cast<std::ptrdiff_t>(n - 1);
    if (context.size() + 1 < n || !std::equal(gram, gram + last, context.end() - last)) continue;
    const std::int32_t token = gram[last];
    if (has(scores, token)) scores[static_cast<std::size_t>(token)] = kBanned;
  }
  return scores;
}

inline bool ends_with(const Tokens& text, const Tokens& sequence) {
  return sequence.size() <= text.size() &&
         std::equal(sequence.rbegin(), sequence.rend(), text.rbegin());
}

/// Of ThinkingBudget: the token that must come after `text`, or -1 if any may.
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
