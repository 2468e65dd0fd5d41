// SPDX-License-Identifier: MIT
// The slow twin of SequenceBias, and with -inf of BanSequences.
#pragma once

#include "reference/scores.hpp"

#include <utility>

namespace reference {

/// `text`: prompt and generated text.
inline Scores sequence_bias(Scores scores,
                            const std::vector<std::pair<Tokens, long double>>& biases,
                            const Tokens& text) {
  for (const auto& [sequence, bias] : biases) {
    const std::size_t others = sequence.size() - 1;
    const bool matches =
        others <= text.size() && std::equal(sequence.begin(), sequence.end() - 1,
                                            text.end() - static_cast<std::ptrdiff_t>(others));
    if (matches) scores[static_cast<std::size_t>(sequence.back())] += bias;
  }
  return scores;
}

}  // namespace reference
