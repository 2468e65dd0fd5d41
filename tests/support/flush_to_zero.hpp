// SPDX-License-Identifier: MIT
// FlushToZero: within its lifetime the processor treats denormal numbers as 0, as many engines ask.
#pragma once

#include <cstdint>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

namespace test {

class FlushToZero {
 public:
#if defined(__SSE2__)
  FlushToZero() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040u); }  // FTZ and DAZ
  ~FlushToZero() { _mm_setcsr(before_); }
  FlushToZero(const FlushToZero&) = delete;
  FlushToZero& operator=(const FlushToZero&) = delete;
  static constexpr bool kWorks = true;

 private:
  unsigned before_;
#elif defined(__aarch64__)
  FlushToZero() {
    __asm__ volatile("mrs %0, fpcr" : "=r"(before_));
    __asm__ volatile("msr fpcr, %0" ::"r"(before_ | 1u << 24));
  }
  ~FlushToZero() { __asm__ volatile("msr fpcr, %0" ::"r"(before_)); }
  FlushToZero(const FlushToZero&) = delete;
  FlushToZero& operator=(const FlushToZero&) = delete;
  static constexpr bool kWorks = true;

 private:
  std::uint64_t before_;
#else
  FlushToZero() {}
  static constexpr bool kWorks = false;
#endif
};

}  // namespace test
