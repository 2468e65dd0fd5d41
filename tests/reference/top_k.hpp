// SPDX-License-Identifier: MIT
// The slow twin of TopK.
#pragma once

#include "reference/scores.hpp"

namespace reference {

inline Scores top_k(const Scores& scores, std::size_t k) {
  return keep_first(scores, best_first(scores), k);
}

}  // namespace reference
