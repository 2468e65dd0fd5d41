// SPDX-License-Identifier: MIT
// Which tokens a set of candidates holds.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <vector>

namespace test {

template <class S>
std::vector<logitkit::Token> kept(const logitkit::Candidates<S>& set) {
  std::vector<logitkit::Token> tokens;
  for (const auto& entry : set) tokens.push_back(entry.token);
  return tokens;
}

}  // namespace test
