// SPDX-License-Identifier: MIT
// Sixteen lanes in AVX-512: what the kernels are written in, one register.
#pragma once

#include <logitkit/math/detail/kernel_table.hpp>
#include <logitkit/math/instruction_set.hpp>

#if LOGITKIT_HAS_AVX
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(                                                    \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c")
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"  // g++ 12: its own intrinsics' undefined operands
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace logitkit::inline LOGITKIT_ABI::math::avx512 {

using Floats = __m512;
using Ints = __m512i;

inline Floats load(const float* p) { return _mm512_loadu_ps(p); }
inline Floats load(const Eigen::half* p) {
#if defined(__clang__)  // clang 14 makes scalar code of the intrinsic
  Floats x;
  __asm__("vcvtph2ps %1, %0" : "=v"(x) : "m"(*reinterpret_cast<const __m256i_u*>(p)));
  return x;
#else
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
#endif
}
inline Floats load(const Eigen::bfloat16* p) {
  const __m256i halves = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}
inline Ints load(const std::int32_t* p) { return _mm512_loadu_si512(p); }
inline void store(float* p, Floats x) { _mm512_storeu_ps(p, x); }
inline void store(std::int32_t* p, Ints x) { _mm512_storeu_si512(p, x); }
inline Floats all(float x) { return _mm512_set1_ps(x); }
inline Ints all(std::int32_t x) { return _mm512_set1_epi32(x); }

inline Floats max(Floats a, Floats b) { return _mm512_max_ps(a, b); }
inline Floats add(Floats a, Floats b) { return _mm512_add_ps(a, b); }
inline Floats sub(Floats a, Floats b) { return _mm512_sub_ps(a, b); }
inline Floats fma(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
inline Ints max(Ints a, Ints b) { return _mm512_max_epi32(a, b); }
inline Ints add(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
inline Ints sub(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
inline Ints bit_and(Ints a, Ints b) { return _mm512_and_si512(a, b); }
inline Ints bit_xor(Ints a, Ints b) { return _mm512_xor_si512(a, b); }
inline Ints sign(Ints a) { return _mm512_srai_epi32(a, 31); }  // all ones where negative
inline Ints to_exponent(Ints a) { return _mm512_slli_epi32(a, 23); }
inline Ints bits(Floats x) { return _mm512_castps_si512(x); }
inline Floats from_bits(Ints x) { return _mm512_castsi512_ps(x); }

inline Ints to_ints(Floats x) { return _mm512_cvtps_epi32(x); }  // rounded to the nearest

/// One bit a lane: where a >= b.
inline unsigned at_least(Ints a, Ints b) {
  const __mmask16 mask = _mm512_cmpge_epi32_mask(a, b);
#if defined(__clang__)
  return mask;
#else
  unsigned bits;  // g++ 12 spills 16 bits and then reads 32, of which these are the wrong half
  __asm__("kmovw %1, %0" : "=r"(bits) : "k"(mask));
  return bits;
#endif
}

/// Remembers whether any number it has seen was NaN.
struct NanSeen {
  __mmask16 first = 0xffff, second = 0xffff;  // lanes in which there were only numbers

  void look(Floats a, Floats b, Floats c, Floats d) {
    first = _mm512_mask_cmp_ps_mask(first, a, b, _CMP_ORD_Q);
    second = _mm512_mask_cmp_ps_mask(second, c, d, _CMP_ORD_Q);
  }
  [[nodiscard]] bool any() const { return (first & second) != 0xffff; }
};

/// Adds up 64-bit weights: each lane's 32-bit mantissa, moved to the top and back by its exponent.
struct WeightSum {
  Ints even, odd;

  WeightSum() : even(_mm512_setzero_si512()), odd(_mm512_setzero_si512()) {}
  void add(Ints mantissas, Ints shifts) {
    const Ints low = _mm512_set1_epi64(0xffffffff);
    even = _mm512_add_epi64(
        even, _mm512_srlv_epi64(_mm512_slli_epi64(mantissas, 32), _mm512_and_si512(shifts, low)));
    odd = _mm512_add_epi64(
        odd, _mm512_srlv_epi64(_mm512_andnot_si512(low, mantissas), _mm512_srli_epi64(shifts, 32)));
  }
  [[nodiscard]] std::uint64_t total() const {
    return static_cast<std::uint64_t>(_mm512_reduce_add_epi64(_mm512_add_epi64(even, odd)));
  }
};

// Sixteen vectors become one: lane t is vector t, folded in halves: l with l + 8, + 4, + 2, + 1.
template <class Fold>
inline Floats fold16(Floats (&v)[16], const Fold& fold) {
  constexpr int kLow = 0x44, kHigh = 0xee, kEven = 0x88, kOdd = 0xdd;
  LOGITKIT_UNROLL
  for (int t = 0; t < 8; ++t) {
    const Floats a = v[2 * t], b = v[2 * t + 1];
    v[t] = fold(_mm512_shuffle_f32x4(a, b, kLow), _mm512_shuffle_f32x4(a, b, kHigh));
  }
  LOGITKIT_UNROLL
  for (int t = 0; t < 4; ++t) {
    const Floats a = v[2 * t], b = v[2 * t + 1];
    v[t] = fold(_mm512_shuffle_f32x4(a, b, kEven), _mm512_shuffle_f32x4(a, b, kOdd));
  }
  LOGITKIT_UNROLL
  for (int t = 0; t < 2; ++t) {
    const Floats a = v[2 * t], b = v[2 * t + 1];
    v[t] = fold(_mm512_shuffle_ps(a, b, kLow), _mm512_shuffle_ps(a, b, kHigh));
  }
  const Floats folded =
      fold(_mm512_shuffle_ps(v[0], v[1], kEven), _mm512_shuffle_ps(v[0], v[1], kOdd));
  const Ints order = _mm512_set_epi32(15, 11, 7, 3, 14, 10, 6, 2, 13, 9, 5, 1, 12, 8, 4, 0);
  return _mm512_permutexvar_ps(order, folded);
}
struct FoldMax {
  Floats operator()(Floats a, Floats b) const { return max(a, b); }
};
struct FoldSum {
  Floats operator()(Floats a, Floats b) const { return add(a, b); }
};

#include <logitkit/math/detail/kernels.inc>

}  // namespace logitkit::inline LOGITKIT_ABI::math::avx512

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC diagnostic pop
#pragma GCC pop_options
#endif
#endif  // LOGITKIT_HAS_AVX
