// expect: logitkit: PrefixAllowed takes a function, callable as allowed.context. const
// SPDX-License-Identifier: MIT
// The function of a PrefixAllowed must return tokens.
#include <logitkit/process/prefix_allowed.hpp>

#include <vector>

namespace lk = logitkit;

int main() {
#ifdef LOGITKIT_FAIL
  const lk::PrefixAllowed allowed{[](const lk::Context&) { return 5; }};
#else
  const lk::PrefixAllowed allowed{[](const lk::Context&) { return std::vector<lk::Token>{5}; }};
#endif
  static_cast<void>(allowed);
}
