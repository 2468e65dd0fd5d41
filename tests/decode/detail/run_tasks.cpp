// SPDX-License-Identifier: MIT
// Work spread over tasks: all of it once, a workspace each, and which failure is told.
#include <logitkit/decode/detail/run_tasks.hpp>

#include "support/catch.hpp"
#include "support/executors.hpp"

#include <stdexcept>
#include <vector>

namespace lk = logitkit;

TEST_CASE("everything is worked on once, after its workspace was made ready") {
  std::vector<lk::Workspace> spaces(3);
  std::vector<const lk::Workspace*> begun, done(10);
  const auto run = [&](std::size_t most, auto&& executor) {
    begun.clear();
    lk::detail::run_tasks(
        done.size(), most, spaces, executor, [&](auto& space) { begun.push_back(&space); },
        [&](std::size_t i, auto& space) {
          CHECK(begun.back() == &space);
          done[i] = &space;
        });
    for (const auto*& each : done) CHECK(std::exchange(each, nullptr) != nullptr);
    return begun.size();
  };
  CHECK(run(10, test::backwards) == 3);
  CHECK(run(2, test::backwards) == 2);
  CHECK(run(10, lk::Serial{}) == 1);
}

TEST_CASE("the first failure comes out, after all tasks, and no new work is begun") {
  std::vector<lk::Workspace> spaces(2);
  std::size_t calls = 0;
  const auto run = [&] {
    lk::detail::run_tasks(
        9, 9, spaces, test::backwards, [](auto&) {},
        [&](std::size_t i, auto&) {
          ++calls;
          if (i == 3 || i == 5) throw std::runtime_error(std::to_string(i));
        });
  };
  CHECK_THROWS_WITH(run(), "3");
  CHECK(calls == 4);
}
