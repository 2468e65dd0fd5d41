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
#if defined(__RECIPROCAL_MATH__)
#error "logitkit needs its quotients rounded once: compile without -freciprocal-math"
#endif

// Everything lives in logitkit::<this tag>, so that translation units built with different flags
// never share a symbol: the linker would keep one copy for both, and the wrong one is an illegal
// instruction on an older machine. The tag is the major version and, for each macro below, a bit
// that tells whether the compiler defines it; three bits make a digit.
#define LOGITKIT_ABI                                                                            \
  LOGITKIT_TAG(LOGITKIT_DIGIT(__SSE3__, __SSSE3__, __SSE4_1__),                                 \
               LOGITKIT_DIGIT(__SSE4_2__, __POPCNT__, __AVX__),                                 \
               LOGITKIT_DIGIT(__AVX2__, __FMA__, __F16C__),                                     \
               LOGITKIT_DIGIT(__BMI__, __BMI2__, __LZCNT__),                                    \
               LOGITKIT_DIGIT(__AVX512F__, __AVX512BW__, __AVX512DQ__),                         \
               LOGITKIT_DIGIT(__AVX512VL__, __AVX512VBMI__, __AVX512FP16__),                    \
               LOGITKIT_DIGIT(__ARM_FEATURE_SVE, __ARM_FEATURE_ATOMICS, __ARM_FEATURE_DOTPROD), \
               LOGITKIT_DIGIT(__ARM_FEATURE_FP16_VECTOR_ARITHMETIC,                             \
                              __ARM_FEATURE_BF16_VECTOR_ARITHMETIC, __EXCEPTIONS))
#define LOGITKIT_TAG(...) LOGITKIT_TAG_OF(__VA_ARGS__)
#define LOGITKIT_TAG_OF(a, b, c, d, e, f, g, h) v0_##a##b##c##d##e##f##g##h
#define LOGITKIT_DIGIT(a, b, c) LOGITKIT_DIGIT_OF(LOGITKIT_BIT(a), LOGITKIT_BIT(b), LOGITKIT_BIT(c))
#define LOGITKIT_DIGIT_OF(...) LOGITKIT_OCTAL(__VA_ARGS__)
#define LOGITKIT_OCTAL(a, b, c) LOGITKIT_OCTAL_##a##b##c
#define LOGITKIT_OCTAL_000 0
#define LOGITKIT_OCTAL_001 1
#define LOGITKIT_OCTAL_010 2
#define LOGITKIT_OCTAL_011 3
#define LOGITKIT_OCTAL_100 4
#define LOGITKIT_OCTAL_101 5
#define LOGITKIT_OCTAL_110 6
#define LOGITKIT_OCTAL_111 7
// A macro that is 1 makes two arguments of one, and so moves its 1 to the second place.
#define LOGITKIT_BIT(macro) LOGITKIT_BIT_OF(macro)
#define LOGITKIT_BIT_OF(value) LOGITKIT_SECOND(LOGITKIT_IF_##value, 0, ~)
#define LOGITKIT_IF_1 ~, 1
#define LOGITKIT_SECOND(...) LOGITKIT_SECOND_OF(__VA_ARGS__)
#define LOGITKIT_SECOND_OF(first, second, ...) second
