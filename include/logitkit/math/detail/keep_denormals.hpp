// SPDX-License-Identifier: MIT
// KeepDenormals: within its lifetime this thread's processor takes denormal numbers as they are.
#pragma once

#include <logitkit/version.hpp>

#include <cstdint>
#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#endif

namespace logitkit::inline LOGITKIT_ABI::math {

/// Engines often have them flushed to zero, which is quicker, and can break a tie of two roundings
/// otherwise. What is computed by a call within the lifetime does not depend on that. Cost: to ask
/// for the processor's mode, and to change it twice if it flushes.
class KeepDenormals {
 public:
  KeepDenormals() : before_(mode()) {
    if ((before_ & kFlush) != 0) set_mode(before_ & ~kFlush);
  }
  ~KeepDenormals() {
    if ((before_ & kFlush) != 0) set_mode(before_);
  }
  KeepDenormals(const KeepDenormals&) = delete;
  KeepDenormals& operator=(const KeepDenormals&) = delete;

 private:
#if defined(__x86_64__) || defined(_M_X64)
  using Mode = unsigned;
  static constexpr Mode kFlush = 0x8040;  // of results, and of operands
  [[nodiscard]] static Mode mode() { return _mm_getcsr(); }
  static void set_mode(Mode mode) { _mm_setcsr(mode); }
#elif defined(__aarch64__) && (defined(__GNUC__) || defined(__clang__))
  using Mode = std::uint64_t;
  static constexpr Mode kFlush = Mode{1} << 24;
  [[nodiscard]] static Mode mode() {
    Mode mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    return mode;
  }
  static void set_mode(Mode mode) { __asm__ volatile("msr fpcr, %0" ::"r"(mode)); }
#else
  using Mode = unsigned;
  static constexpr Mode kFlush = 0;
  [[nodiscard]] static Mode mode() { return 0; }
  static void set_mode(Mode) {}
#endif

  Mode before_;
};

}  // namespace logitkit::inline LOGITKIT_ABI::math
