// SPDX-License-Identifier: MIT
// Counts what operator new is asked for: include it in the one source file of a test.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace test {
inline std::size_t allocations = 0;
}

// Not inlined: g++ would see memory of operator new passed to free, and warn.
#if defined(__GNUC__)
#define LOGITKIT_TEST_NOINLINE __attribute__((noinline))
#else
#define LOGITKIT_TEST_NOINLINE
#endif

LOGITKIT_TEST_NOINLINE void* operator new(std::size_t size) {
  ++test::allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
LOGITKIT_TEST_NOINLINE void* operator new[](std::size_t size) { return operator new(size); }
LOGITKIT_TEST_NOINLINE void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++test::allocations;  // replaced too: a sanitizer's own would not be paired with our delete
  return std::malloc(size == 0 ? 1 : size);
}
LOGITKIT_TEST_NOINLINE void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}
LOGITKIT_TEST_NOINLINE void operator delete(void* memory) noexcept { std::free(memory); }
LOGITKIT_TEST_NOINLINE void operator delete[](void* memory) noexcept { std::free(memory); }
LOGITKIT_TEST_NOINLINE void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
LOGITKIT_TEST_NOINLINE void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

#undef LOGITKIT_TEST_NOINLINE
