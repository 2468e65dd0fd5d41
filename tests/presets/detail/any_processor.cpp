// SPDX-License-Identifier: MIT
// AnyProcessor: small, large and unassignable processors are copied, moved, assigned and destroyed.
#include "support/catch.hpp"

#include "reference/trial.hpp"

#include <logitkit/presets/detail/any_processor.hpp>

#include <array>

namespace lk = logitkit;
using lk::detail::AnyProcessor;
using reference::Scores;

namespace {

/// Adds how often it has heard a token to that token; counts its living copies.
template <std::size_t kSize>
struct Counting {
  static inline int alive = 0;
  std::array<signed char, kSize> heard{};

  Counting() { ++alive; }
  Counting(const Counting& other) : heard(other.heard) { ++alive; }
  Counting(Counting&& other) noexcept : heard(other.heard) { ++alive; }
  Counting& operator=(const Counting&) = default;
  Counting& operator=(Counting&&) = default;
  ~Counting() { --alive; }

  void start(std::span<const lk::Token> prompt) {
    for (const lk::Token token : prompt) accept(token);
  }
  void accept(lk::Token token) { ++heard[std::size_t(token)]; }
  void recall(const Counting& before) { heard = before.heard; }
  void operator()(auto& candidates, const lk::Context&) const {
    for (lk::Token token = 0; token < 3; ++token) {
      candidates.add(token, double(heard[std::size_t(token)]));
    }
  }
  void describe(auto& tell) const { tell("counting", "size", kSize); }
};

/// A copy that may throw has no place in a vector that grows, and a constant cannot be assigned.
struct Unassignable {
  const double bias;
  explicit Unassignable(double its) : bias(its) {}
  void operator()(auto& candidates, const lk::Context&) const { candidates.add(0, bias); }
};

/// Wants to know the prompt and nothing else.
struct Starter {
  lk::Token first = 0;
  void start(std::span<const lk::Token> prompt) { first = prompt[0]; }
  void operator()(auto& candidates, const lk::Context&) const { candidates.add(first, 1); }
};

/// Hears tokens, and no prompt.
struct Last {
  lk::Token last = 0;
  void accept(lk::Token token) { last = token; }
  void operator()(auto& candidates, const lk::Context&) const { candidates.add(last, 1); }
};

const std::vector<float> kRow{0, 0, 0};

}  // namespace

TEMPLATE_TEST_CASE("a copy forks the state, and all copies are destroyed", "", Counting<4>,
                   Counting<500>) {
  {
    AnyProcessor parent{TestType()};
    CHECK(parent.keeps_state());
    parent.start(std::vector<lk::Token>{0, 0, 1});
    AnyProcessor child = parent;
    child.accept(2);
    parent.accept(1);
    CHECK(reference::after(parent, kRow) == Scores{2, 2, 0});
    CHECK(reference::after(child, kRow) == Scores{2, 1, 1});

    parent = child;  // the same type: assigned
    child.accept(2);
    CHECK(reference::after(parent, kRow) == Scores{2, 1, 1});
    parent = AnyProcessor(Unassignable(5));  // another: replaced
    CHECK(reference::after(parent, kRow) == Scores{5, 0, 0});
    parent = child;
    CHECK(reference::after(parent, kRow) == Scores{2, 1, 2});

    const AnyProcessor moved = std::move(child);
    CHECK(reference::after(moved, kRow) == Scores{2, 1, 2});
    child = parent;  // what was moved from may be assigned
    CHECK(reference::after(child, kRow) == Scores{2, 1, 2});
    child.recall(AnyProcessor(Unassignable(5)));  // of another kind
    CHECK(reference::after(child, kRow) == Scores{2, 1, 2});
    AnyProcessor& itself = child;
    child = itself;
    child = std::move(itself);
    CHECK(reference::after(child, kRow) == Scores{2, 1, 2});
  }
  CHECK(TestType::alive == 0);
}

TEST_CASE("what cannot be assigned is copied into its place") {
  AnyProcessor a{Unassignable(1)};
  const AnyProcessor b{Unassignable(2)};
  a = b;
  CHECK(reference::after(a, kRow) == Scores{2, 0, 0});
  AnyProcessor c{[extra = std::array<double, 40>{3}](auto& candidates, const lk::Context&) {
    candidates.add(1, extra[0]);
  }};
  const AnyProcessor d = c;
  c = a;
  c = d;
  CHECK(reference::after(c, kRow) == Scores{0, 3, 0});
}

TEST_CASE("who wants to know the prompt alone keeps state, too") {
  AnyProcessor any{Starter()};
  CHECK(any.keeps_state());
  any.start(std::vector<lk::Token>{2, 1});
  any.accept(0);
  CHECK(reference::after(any, kRow) == Scores{0, 0, 1});
}

TEST_CASE("floats and doubles, what is not wanted to be heard, and what it says of itself") {
  AnyProcessor any{Unassignable(0.1)};
  any.start({});
  any.accept(1);
  CHECK_FALSE(any.keeps_state());
  AnyProcessor last{Last()};
  last.start(std::vector<lk::Token>{2});
  last.accept(1);
  CHECK(last.keeps_state());
  CHECK(reference::after(last, kRow) == Scores{0, 1, 0});
  CHECK(reference::after(any, std::vector<double>{0}) == Scores{0.1});
  CHECK(reference::after(any, std::vector<float>{0}) == Scores{0.1f});
  CHECK(any.description().name.empty());
  CHECK(to_string(AnyProcessor(Counting<500>()).description()) == "counting(500)");
}
