// SPDX-License-Identifier: MIT
// InstructionSet: which vector instructions the kernels use; found once, when first asked.
#pragma once

#include <logitkit/version.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <iterator>  // std::size

// Compilers that take a target for one function: there a header can carry code for machines better
// than the one it is compiled for.
#if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
#define LOGITKIT_HAS_AVX 1
#else
#define LOGITKIT_HAS_AVX 0
#endif
#if (defined(__GNUC__) || defined(__clang__)) && defined(__aarch64__)
#define LOGITKIT_HAS_NEON 1
#else
#define LOGITKIT_HAS_NEON 0
#endif

namespace logitkit::inline LOGITKIT_ABI::math {

enum class InstructionSet : std::uint8_t {
  baseline,  ///< plain C++, whatever the compiler makes of it
  avx2,      ///< AVX2, FMA and F16C, which all machines with these two have
  avx512,    ///< AVX-512 F, BW, DQ and VL, and the above
  neon,      ///< ARM's, which every 64-bit ARM has
};

[[nodiscard]] constexpr const char* to_string(InstructionSet set) noexcept {
  constexpr const char* kNames[] = {"baseline", "avx2", "avx512", "neon"};
  const auto i = static_cast<std::size_t>(set);
  return i < std::size(kNames) ? kNames[i] : "unknown";
}

/// Whether this machine, its operating system and this compiler have a set.
[[nodiscard]] inline bool supports(InstructionSet set) noexcept {
  switch (set) {
    case InstructionSet::baseline:
      return true;
#if LOGITKIT_HAS_AVX
    case InstructionSet::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case InstructionSet::avx512:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
             supports(InstructionSet::avx2);
#endif
#if LOGITKIT_HAS_NEON
    case InstructionSet::neon:
      return true;
#endif
    default:
      return false;
  }
}

namespace detail {

[[nodiscard]] inline InstructionSet best_instruction_set() noexcept {
  for (const auto set : {InstructionSet::avx512, InstructionSet::avx2, InstructionSet::neon}) {
    if (supports(set)) return set;
  }
  return InstructionSet::baseline;
}

inline std::atomic<InstructionSet>& chosen_instruction_set() noexcept {
  static std::atomic<InstructionSet> chosen = best_instruction_set();
  return chosen;
}

}  // namespace detail

/// The set in use: the best that the machine has. Results do not depend on it.
[[nodiscard]] inline InstructionSet instruction_set() noexcept {
  return detail::chosen_instruction_set().load(std::memory_order_relaxed);
}

/// For tests only: uses another set from now on, in all threads; false if the machine lacks it.
inline bool force_instruction_set(InstructionSet set) noexcept {
  if (!supports(set)) return false;
  detail::chosen_instruction_set().store(set, std::memory_order_relaxed);
  return true;
}

}  // namespace logitkit::inline LOGITKIT_ABI::math
