// SPDX-License-Identifier: MIT
// Which logitkit this is, and what the compiler's flags must leave intact for it to be right.
#pragma once

#define LOGITKIT_VERSION_MAJOR 0
#define LOGITKIT_VERSION_MINOR 1
#define LOGITKIT_VERSION_PATCH 0

// A banned token is -inf and a bad row is NaN: both vanish under finite-math-only. Sums have one
// order: it vanishes under associative-math (clang does not tell, g++ does).
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "logitkit needs infinities and NaN: compile without -ffast-math / -ffinite-math-only"
#endif
#if defined(__ASSOCIATIVE_MATH__)
#error "logitkit needs its sums in the order they are written: compile without -fassociative-math"
#endif

// Everything lives in logitkit::<this tag>, so that translation units built for different
// instruction sets never share a symbol: the linker would keep one copy for both, and the wrong one
// is an illegal instruction on an older machine.
#if defined(__AVX512F__)
#define LOGITKIT_ABI v0_avx512
#elif defined(__AVX2__) && defined(__FMA__)
#define LOGITKIT_ABI v0_avx2_fma
#elif defined(__AVX2__)
#define LOGITKIT_ABI v0_avx2
#elif defined(__AVX__)
#define LOGITKIT_ABI v0_avx
#elif defined(__SSE4_2__)
#define LOGITKIT_ABI v0_sse42
#elif defined(__ARM_FEATURE_SVE)
#define LOGITKIT_ABI v0_sve
#else
#define LOGITKIT_ABI v0
#endif
