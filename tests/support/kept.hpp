// SPDX-License-Identifier: MIT
// Which tokens a set of candidates holds; the same for a row and for the list of its tokens.
#pragma once

#include "support/catch.hpp"

#include <logitkit/core/candidates.hpp>

#include <vector>

namespace test {

template <class S>
std::vector<logitkit::Token> kept(const logitkit::Candidates<S>& set) {
  std::vector<logitkit::Token> tokens;
  for (const auto& entry : set) tokens.push_back(entry.token);
  return tokens;
}

/// What steps(set) leaves of a row, which is what it leaves of a list of what can come.
template <class S>
std::vector<logitkit::Token> kept(const std::vector<S>& row, const auto& steps) {
  static logitkit::Workspace a, b;
  logitkit::Candidates<S> whole(row, a), list(row, b);
  list.keep_if([](logitkit::Token, double) { return true; });
  steps(whole), steps(list);
  const auto tokens = kept(whole);
  REQUIRE(tokens == kept(list));
  return tokens;
}

}  // namespace test
