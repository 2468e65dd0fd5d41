// SPDX-License-Identifier: MIT
// Beam: a live prefix. Extension: a live prefix and one more token, and the order among them.
#pragma once

#include <logitkit/core/detail/assignable.hpp>
#include <logitkit/core/pick.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

template <class C>
struct Beam {
  std::vector<Token> tokens;  // the prompt first
  Assignable<C> chain;        // its own
  double sum;                 // of the log-probabilities after the chain
  std::vector<double> model_log_probabilities;
  std::vector<Alternative> alternatives;
};

struct Extension {
  double sum;
  Token token;
  std::size_t parent;
  double model_log_probability;

  /// Whether a comes before b: larger sum, then lower token, then lower parent.
  [[nodiscard]] friend bool operator<(const Extension& a, const Extension& b) {
    if (a.sum != b.sum) return a.sum > b.sum;
    return a.token != b.token ? a.token < b.token : a.parent < b.parent;
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
