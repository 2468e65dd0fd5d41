// SPDX-License-Identifier: MIT
// Held: a value that cannot be moved is made in place and destroyed once; a reference stays one.
#include <logitkit/decode/detail/held.hpp>

#include "support/catch.hpp"

namespace {

struct Pinned {
  int& alive;
  explicit Pinned(int& counter) : alive(counter) { ++alive; }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  ~Pinned() { --alive; }
};

}  // namespace

TEST_CASE("a value is made in place, and destroyed once if it was made") {
  int alive = 0;
  {
    logitkit::detail::Held<Pinned> held, unused;
    held.hold([&] { return Pinned(alive); });
    CHECK(alive == 1);
    CHECK(&held.get().alive == &alive);
  }
  CHECK(alive == 0);
}

TEST_CASE("a reference is to what it was to, and owns nothing") {
  int alive = 0;
  Pinned pinned(alive);
  {
    logitkit::detail::Held<Pinned&> held;
    held.hold([&]() -> Pinned& { return pinned; });
    CHECK(&held.get() == &pinned);
    logitkit::detail::Held<Pinned&&> rvalue;
    rvalue.hold([&]() -> Pinned&& { return std::move(pinned); });
    CHECK(&rvalue.get() == &pinned);
  }
  CHECK(alive == 1);
}
