// SPDX-License-Identifier: MIT
// ScopeExit: called at the end of its scope, once, and not when it has been released.
#include <logitkit/core/detail/scope_exit.hpp>

#include "support/catch.hpp"

using logitkit::detail::ScopeExit;

TEST_CASE("a scope's exit is taken once, whatever ends the scope", "[scope_exit]") {
  int calls = 0;
  const auto leave = [&](bool by_exception) {
    const ScopeExit counted([&] { ++calls; });
    CHECK(calls == (by_exception ? 1 : 0));
    if (by_exception) throw 42;
  };
  leave(false);
  CHECK(calls == 1);
  CHECK_THROWS_AS(leave(true), int);
  CHECK(calls == 2);
}

TEST_CASE("what is released is not called", "[scope_exit]") {
  int calls = 0;
  {
    ScopeExit undone([&] { ++calls; });
    undone.release();
  }
  CHECK(calls == 0);
}
