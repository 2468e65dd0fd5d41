// SPDX-License-Identifier: MIT
// Witness: a processor that finds out whether its state is that of its own sequence.
#pragma once

#include <logitkit/core/concepts.hpp>

#include <algorithm>
#include <vector>

namespace test {

/// Counts in `mistakes`, which outlives it, the calls in which the context is not exactly what it
/// has been told: the prompt by `start`, each token by `accept`.
struct Witness {
  int* mistakes;
  std::vector<logitkit::Token> heard{};

  void start(std::span<const logitkit::Token> prompt) {
    if (!heard.empty()) ++*mistakes;
    heard.assign(prompt.begin(), prompt.end());
  }
  void accept(logitkit::Token token) { heard.push_back(token); }
  void operator()(auto&, const logitkit::Context& context) const {
    if (!std::ranges::equal(context.tokens, heard)) ++*mistakes;
  }
};

}  // namespace test
