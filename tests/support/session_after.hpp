// SPDX-License-Identifier: MIT
// A session that has gone some steps, for processors that learn from the rows they have seen.
#pragma once

#include <logitkit/core/workspace.hpp>

#include <cstddef>
#include <vector>

namespace test {

/// A session that has taken n steps, each over row_at(how many there were before).
template <class D, class F>
auto session_after(const D& decoder, std::size_t n, const F& row_at) {
  auto session = decoder.start(std::vector<logitkit::Token>{1}, {.max_new_tokens = 1000});
  logitkit::Workspace workspace;
  for (std::size_t i = 0; i < n; ++i) session.accept(session.next(row_at(i), workspace).token);
  return session;
}

}  // namespace test
