// SPDX-License-Identifier: MIT
// The slow twin of LogitBias.
#pragma once

#include "reference/scores.hpp"

#include <utility>

namespace reference {

inline Scores logit_bias(Scores scores,
                         const std::vector<std::pair<std::int32_t, long double>>& biases) {
  for (const auto& [token, bias] : biases) scores[static_cast<std::size_t>(token)] += bias;
  return scores;
}

}  // namespace reference
