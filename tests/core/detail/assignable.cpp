// SPDX-License-Identifier: MIT
// Assignable: lambdas with captures can be assigned, and every object made is destroyed once.
#include <logitkit/core/detail/assignable.hpp>

#include "support/catch.hpp"

#include <stdexcept>
#include <string>
#include <vector>

using logitkit::detail::Assignable;

namespace {

int made = 0, destroyed = 0;
bool copies_throw = false;

/// Counts its objects; has no assignment.
struct Counted {
  explicit Counted(int v) : value(v) { ++made; }
  Counted(const Counted& other) : value(other.value) {
    if (copies_throw) throw std::runtime_error("copy");
    ++made;
  }
  Counted(Counted&& other) noexcept : value(other.value) {
    other.value = -1;
    ++made;
  }
  ~Counted() { ++destroyed; }
  Counted& operator=(const Counted&) = delete;
  int value;
};

}  // namespace

TEST_CASE("a lambda with captures can be assigned", "[assignable]") {
  const auto make = [](std::string text) { return [text] { return text; }; };
  using Lambda = decltype(make(""));
  static_assert(!std::is_copy_assignable_v<Lambda>);
  static_assert(std::is_copy_assignable_v<Assignable<Lambda>>);
  static_assert(std::is_nothrow_move_assignable_v<Assignable<Lambda>>);
  Assignable<Lambda> a(make("a long text that lives on the heap")), b(make("b"));
  b = a;
  REQUIRE((*b)() == "a long text that lives on the heap");
  REQUIRE((*a)() == (*b)());
  a = Assignable<Lambda>(make("c"));
  REQUIRE((*a)() == "c");
}

TEST_CASE("every object is destroyed exactly once", "[assignable]") {
  made = destroyed = 0;
  {
    Assignable<Counted> a(Counted(1)), b(Counted(2));
    Assignable<Counted> copy(a), moved(std::move(b));
    REQUIRE(copy->value == 1);
    REQUIRE(moved->value == 2);
    copy = moved;
    REQUIRE((*copy).value == 2);
    a = std::move(copy);
    REQUIRE(a->value == 2);
    Assignable<Counted>& itself = a;
    a = std::move(itself);
    REQUIRE(a->value == 2);
    REQUIRE(copy->value == -1);
    const auto& self = a;
    a = self;
    REQUIRE(a->value == 2);
    std::vector<Assignable<Counted>> many(3, a);
    many.erase(many.begin());
    many[0]->value = 7;
    REQUIRE(many[1]->value == 2);
  }
  REQUIRE(made == destroyed);
}

TEST_CASE("assign uses the memory that a value has, where a value can be assigned",
          "[assignable]") {
  Assignable<std::vector<int>> list({1, 2, 3, 4});
  const int* const memory = list->data();
  list.assign(Assignable<std::vector<int>>({5}));
  REQUIRE(*list == std::vector<int>{5});
  REQUIRE(list->data() == memory);

  const auto lambda = [](int x) { return [x] { return x; }; };
  Assignable one(lambda(1));
  one.assign(Assignable(lambda(2)));
  REQUIRE((*one)() == 2);
}

#if defined(__cpp_exceptions)
TEST_CASE("a copy that throws destroys nothing twice", "[assignable]") {
  made = destroyed = 0;
  {
    Assignable<Counted> a(Counted(1)), b(Counted(2));
    copies_throw = true;
    REQUIRE_THROWS_AS(a = b, std::runtime_error);
    copies_throw = false;
  }
  REQUIRE(made == destroyed);
}
#endif
