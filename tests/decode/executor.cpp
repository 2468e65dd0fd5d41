// SPDX-License-Identifier: MIT
// Executors: who is one, and what a task may be put into.
#include <logitkit/decode/executor.hpp>

#include "support/catch.hpp"

#include <functional>
#include <vector>

namespace lk = logitkit;

TEST_CASE("the serial executor calls every task once, in order") {
  std::vector<std::size_t> calls;
  const auto note = [&](std::size_t i) { calls.push_back(i); };
  lk::Serial{}(4, lk::Task(note));
  CHECK(calls == std::vector<std::size_t>{0, 1, 2, 3});
  lk::Serial{}(0, lk::Task(note));
  CHECK(calls.size() == 4);
}

TEST_CASE("a task is copied freely, also into a function") {
  std::size_t sum = 0;
  const auto add = [&](std::size_t i) { sum += i; };
  const lk::Task task(add), copy = task;
  const std::function<void(std::size_t)> function = copy;
  task(1), copy(10), function(100);
  CHECK(sum == 111);
}

TEST_CASE("a loop, a generic lambda and a function of functions are executors, a number is not") {
  const auto loop = [](std::size_t, const lk::Task&) {};
  const auto generic = [](auto count, auto task) {
    while (count-- > 0) task(count);
  };
  using OfFunctions = void (*)(std::size_t, const std::function<void(std::size_t)>&);
  static_assert(lk::Executor<decltype(loop)>);
  static_assert(lk::Executor<decltype(generic)>);
  static_assert(lk::Executor<OfFunctions>);
  static_assert(!lk::Executor<int>);
  static_assert(!lk::Executor<void (*)(std::size_t)>);
  SUCCEED();
}
