// SPDX-License-Identifier: MIT
// Executors: a thread for each task, and all in this thread, the last one first.
#pragma once

#include <logitkit/decode/executor.hpp>

#include <thread>
#include <vector>

namespace test {

inline void threads(std::size_t count, const logitkit::Task& task) {
  std::vector<std::thread> all;
  for (std::size_t i = 0; i < count; ++i) all.emplace_back([&task, i] { task(i); });
  for (std::thread& each : all) each.join();
}

inline void backwards(std::size_t count, const logitkit::Task& task) {
  while (count-- > 0) task(count);
}

}  // namespace test
