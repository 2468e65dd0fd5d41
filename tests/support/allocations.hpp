// SPDX-License-Identifier: MIT
// Counts what operator new and Eigen, which goes past it, allocate: include it in the one source
// file of a test, first.
#pragma once

#if defined(EIGEN_WORLD_VERSION)
#error "include support/allocations.hpp before anything that includes Eigen, and run CMake anew"
#endif
#define EIGEN_RUNTIME_NO_MALLOC  // Eigen asserts that it may allocate
#define eigen_assert(condition) ((condition) ? void() : test::eigen_failed(#condition))

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace test {

inline std::size_t allocations = 0;
inline std::size_t live_bytes = 0;  // of operator new, not yet deleted

inline void eigen_failed(const char* condition) {
  if (std::strstr(condition, "is_malloc_allowed") == nullptr) {
    std::fprintf(stderr, "Eigen: %s\n", condition);
    std::abort();
  }
  ++allocations;
}

}  // namespace test

#include <Eigen/Core>

namespace test {
inline const bool eigen_may_not_allocate = !Eigen::internal::set_is_malloc_allowed(false);
inline constexpr std::size_t kHead = alignof(std::max_align_t);  // before a block: its size
}  // namespace test

// Not inlined: g++ would see memory of operator new passed to free, and warn. Every unaligned form
// is replaced: a sanitizer's own operator new would not be paired with our delete.
#if defined(__GNUC__)
#define LOGITKIT_TEST_NOINLINE __attribute__((noinline))
#else
#define LOGITKIT_TEST_NOINLINE
#endif

LOGITKIT_TEST_NOINLINE void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  void* block = std::malloc(test::kHead + size);
  if (block == nullptr) return nullptr;
  ++test::allocations;
  test::live_bytes += size;
  std::memcpy(block, &size, sizeof size);
  return static_cast<char*>(block) + test::kHead;
}
LOGITKIT_TEST_NOINLINE void* operator new(std::size_t size) {
  if (void* memory = operator new(size, std::nothrow)) return memory;
  throw std::bad_alloc();
}
LOGITKIT_TEST_NOINLINE void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}
LOGITKIT_TEST_NOINLINE void* operator new[](std::size_t size) { return operator new(size); }
LOGITKIT_TEST_NOINLINE void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  void* block = static_cast<char*>(memory) - test::kHead;
  std::size_t size = 0;
  std::memcpy(&size, block, sizeof size);
  test::live_bytes -= size;
  std::free(block);
}
LOGITKIT_TEST_NOINLINE void operator delete[](void* memory) noexcept { operator delete(memory); }
LOGITKIT_TEST_NOINLINE void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
LOGITKIT_TEST_NOINLINE void operator delete[](void* memory, std::size_t) noexcept {
  operator delete(memory);
}

#undef LOGITKIT_TEST_NOINLINE

#include "support/compiled_elsewhere.hpp"  // not before: it includes Eigen
