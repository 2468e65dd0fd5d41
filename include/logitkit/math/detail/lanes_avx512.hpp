// SPDX-License-Identifier: MIT
// Sixteen lanes in AVX-512: what the kernels are written in, one register.
#pragma once

#include <logitkit/math/detail/kernel_table.hpp>
#include <logitkit/math/instruction_set.hpp>

#if LOGITKIT_HAS_AVX
#include <immintrin.h>
#include <cstring>

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
#pragma GCC diagnostic ignored "-Wsign-conversion"  // and, at -O0, their masks
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
// a + b and a - b by the units for products, where those for sums are busy, as they are with
// maxima.
inline Floats add_product(Floats a, float factor, Floats b) {
  Floats factors = all(factor);
  __asm__("" : "+v"(factors));  // or clang would know it, and add or subtract
  return fma(b, factors, a);
}
inline Floats add_fused(Floats a, Floats b) { return add_product(a, 1, b); }
inline Floats sub_fused(Floats a, Floats b) { return add_product(a, -1, b); }
inline Ints max(Ints a, Ints b) { return _mm512_max_epi32(a, b); }
inline Ints add(Ints a, Ints b) { return _mm512_add_epi32(a, b); }
inline Ints sub(Ints a, Ints b) { return _mm512_sub_epi32(a, b); }
inline Ints bit_and(Ints a, Ints b) { return _mm512_and_si512(a, b); }
inline Ints bit_xor(Ints a, Ints b) { return _mm512_xor_si512(a, b); }
inline Ints sign(Ints a) { return _mm512_srai_epi32(a, 31); }  // all ones where negative
inline Ints to_exponent(Ints a) { return _mm512_slli_epi32(a, 23); }
inline Ints bits(Floats x) { return _mm512_castps_si512(x); }
inline Floats from_bits(Ints x) { return _mm512_castsi512_ps(x); }

// Lanes that something holds for.
using Lanes = __mmask16;
inline Lanes lanes_at_least(Ints a, Ints b) { return _mm512_cmpge_epi32_mask(a, b); }
inline Lanes lanes_above(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
inline Lanes lanes_not_below(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_NLT_UQ); }
inline Lanes lanes_between(Floats a, Floats b, Lanes above) {
  return _mm512_mask_cmp_ps_mask(static_cast<Lanes>(~above), a, b, _CMP_GE_OQ);
}
inline unsigned numbered(Lanes lanes) {
#if defined(__clang__)
  return lanes;
#else
  unsigned bits;  // g++ 12 spills 16 bits and then reads 32, of which these are the wrong half
  __asm__("kmovw %1, %0" : "=r"(bits) : "k"(lanes));
  return bits;
#endif
}
/// The lanes of four vectors, one bit each: one move, not four.
inline std::uint64_t numbered(Lanes a, Lanes b, Lanes c, Lanes d) {
  return _cvtmask64_u64(_mm512_kunpackd(_mm512_kunpackw(d, c), _mm512_kunpackw(b, a)));
}

/// The k-th sixteen bits of a word. By a test of vectors: to move masks in from elsewhere takes
/// longer, beside maxima.
inline Lanes lanes_of(const std::uint64_t* word, int k) {
  std::int32_t half;
  std::memcpy(&half, reinterpret_cast<const char*>(word) + 4 * (k / 2), 4);
  const Ints bit = _mm512_set_epi32(1 << 15, 1 << 14, 1 << 13, 1 << 12, 1 << 11, 1 << 10, 1 << 9,
                                    1 << 8, 1 << 7, 1 << 6, 1 << 5, 1 << 4, 8, 4, 2, 1);
  return _mm512_test_epi32_mask(all(half), k % 2 == 0 ? bit : _mm512_slli_epi32(bit, 16));
}
inline Floats max_where(Lanes lanes, Floats a, Floats b) {
  return _mm512_mask_max_ps(a, lanes, a, b);
}
inline Floats where(Lanes lanes, Floats a, Floats b) { return _mm512_mask_mov_ps(b, lanes, a); }
inline Floats add_where(Lanes lanes, Floats a, Floats b) {
  return _mm512_mask_add_ps(a, lanes, a, b);
}

/// Keeps four vectors in registers: g++ would read each from memory again for every use.
inline void hold(Floats& a, Floats& b, Floats& c, Floats& d) {
  __asm__("" : "+v"(a), "+v"(b), "+v"(c), "+v"(d));
}

// What powers of two are made of: y where it is not so small that `scaled` goes wrong, its nearest
// whole number n, and p 2^n, also where p is NaN and n is -inf: then it is 0.
inline Floats bounded(Floats y) { return y; }
inline Floats nearest(Floats y) { return _mm512_roundscale_ps(y, _MM_FROUND_TO_NEAREST_INT); }
inline Floats scaled(Floats p, Floats n) { return _mm512_scalef_ps(p, n); }
inline Floats scaled_where(Lanes l, Floats p, Floats n) { return _mm512_maskz_scalef_ps(l, p, n); }

inline Floats values(const Entry<float>* p) {
  const Ints odd = _mm512_set_epi32(31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
  return _mm512_permutex2var_ps(_mm512_loadu_ps(p), odd, _mm512_loadu_ps(p + 8));
}
inline std::size_t append(Entry<float>* p, Floats x, std::int32_t first, unsigned kept) {
  const Ints lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const Ints tokens = _mm512_add_epi32(lanes, _mm512_set1_epi32(first));
  const Ints low = _mm512_set_epi32(23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  const Ints high = _mm512_add_epi32(low, _mm512_set1_epi32(8));
  const Ints a = _mm512_permutex2var_epi32(tokens, low, _mm512_castps_si512(x));
  const Ints b = _mm512_permutex2var_epi32(tokens, high, _mm512_castps_si512(x));
  const auto first_half = static_cast<__mmask8>(kept & 255),
             second = static_cast<__mmask8>(kept >> 8);
  const auto count = static_cast<std::size_t>(std::popcount(kept & 255));
  _mm512_storeu_si512(p, _mm512_maskz_compress_epi64(first_half, a));
  _mm512_storeu_si512(p + count, _mm512_maskz_compress_epi64(second, b));
  return count + static_cast<std::size_t>(std::popcount(kept >> 8));
}

inline unsigned at_least(Ints a, Ints b) { return numbered(lanes_at_least(a, b)); }

struct NanOfFloats {
  __mmask16 first = 0xffff, second = 0xffff;  // lanes in which there were only numbers

  void look(Floats a, Floats b, Floats c, Floats d) {
    first = _mm512_mask_cmp_ps_mask(first, a, b, _CMP_ORD_Q);
    second = _mm512_mask_cmp_ps_mask(second, c, d, _CMP_ORD_Q);
  }
  [[nodiscard]] bool any() const { return (first & second) != 0xffff; }
};

inline std::size_t compress(std::int32_t* keys, Ints k, unsigned kept) {
  _mm512_storeu_si512(keys, _mm512_maskz_compress_epi32(static_cast<__mmask16>(kept), k));
  return static_cast<std::size_t>(std::popcount(kept));
}

inline std::size_t compress(Entry<float>* out, const Entry<float>* p, unsigned kept) {
  const auto low = static_cast<__mmask8>(kept & 255), high = static_cast<__mmask8>(kept >> 8);
  const Ints a = _mm512_loadu_si512(p), b = _mm512_loadu_si512(p + 8);
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi64(low, a));
  _mm512_storeu_si512(out + std::popcount(kept & 255), _mm512_maskz_compress_epi64(high, b));
  return static_cast<std::size_t>(std::popcount(kept));
}

template <class Fold>
[[gnu::always_inline]] inline Floats fold16(Floats (&v)[16], const Fold& fold) {
  constexpr int kCrossed = 0x4e, kEven = 0x88, kOdd = 0xdd;
  LOGITKIT_UNROLL
  for (int t = 0; t < 8; ++t) {
    const Floats a = v[2 * t], b = v[2 * t + 1];
    v[t] = fold(where(0x00ff, a, b), _mm512_shuffle_f32x4(a, b, kCrossed));
  }
  LOGITKIT_UNROLL
  for (int t = 0; t < 4; ++t) {
    const Floats a = v[2 * t], b = v[2 * t + 1];
    v[t] = fold(_mm512_shuffle_f32x4(a, b, kEven), _mm512_shuffle_f32x4(a, b, kOdd));
  }
  LOGITKIT_UNROLL
  for (int t = 0; t < 2; ++t) {
    const Floats a = v[2 * t], b = v[2 * t + 1];
    v[t] = fold(where(0x3333, a, b), _mm512_shuffle_ps(a, b, kCrossed));
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

#include <logitkit/math/detail/wholes_avx512.inc>

#include <logitkit/math/detail/shorts_avx512.inc>

#include <logitkit/math/detail/doubles_avx512.inc>

#include <logitkit/math/detail/kernels.inc>

}  // namespace logitkit::inline LOGITKIT_ABI::math::avx512

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC diagnostic pop
#pragma GCC pop_options
#endif
#endif  // LOGITKIT_HAS_AVX
