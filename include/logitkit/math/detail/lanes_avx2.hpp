// SPDX-License-Identifier: MIT
// Sixteen lanes in AVX2 with FMA: what the kernels are written in, two registers.
#pragma once

#include <logitkit/math/detail/kernel_table.hpp>
#include <logitkit/math/instruction_set.hpp>

#if LOGITKIT_HAS_AVX
#include <immintrin.h>

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,f16c")
#endif

namespace logitkit::inline LOGITKIT_ABI::math::avx2 {

struct Floats {
  __m256 low, high;  // lanes 0 to 7, 8 to 15
};
struct Ints {
  __m256i low, high;
};

inline Floats load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline __m128i load_eight(const void* p) { return _mm_loadu_si128(static_cast<const __m128i*>(p)); }
inline __m256 eight_halves(const Eigen::half* p) {
#if defined(__clang__)  // clang 14 makes scalar code of the intrinsic
  __m256 x;
  __asm__("vcvtph2ps %1, %0" : "=x"(x) : "m"(*reinterpret_cast<const __m128i_u*>(p)));
  return x;
#else
  return _mm256_cvtph_ps(load_eight(p));
#endif
}
inline Floats load(const Eigen::half* p) { return {eight_halves(p), eight_halves(p + 8)}; }
inline __m256 widened(__m128i x) {
  return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(x), 16));
}
inline Floats load(const Eigen::bfloat16* p) {
  return {widened(load_eight(p)), widened(load_eight(p + 8))};
}
inline Ints load(const std::int32_t* p) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 8))};
}
inline void store(float* p, Floats x) {
  _mm256_storeu_ps(p, x.low);
  _mm256_storeu_ps(p + 8, x.high);
}
inline void store(std::int32_t* p, Ints x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), x.low);
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 8), x.high);
}
inline Floats all(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
inline Ints all(std::int32_t x) { return {_mm256_set1_epi32(x), _mm256_set1_epi32(x)}; }

inline Floats max(Floats a, Floats b) {
  return {_mm256_max_ps(a.low, b.low), _mm256_max_ps(a.high, b.high)};
}
inline Floats add(Floats a, Floats b) {
  return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)};
}
inline Floats sub(Floats a, Floats b) {
  return {_mm256_sub_ps(a.low, b.low), _mm256_sub_ps(a.high, b.high)};
}
inline Floats fma(Floats a, Floats b, Floats c) {
  return {_mm256_fmadd_ps(a.low, b.low, c.low), _mm256_fmadd_ps(a.high, b.high, c.high)};
}
inline Ints max(Ints a, Ints b) {
  return {_mm256_max_epi32(a.low, b.low), _mm256_max_epi32(a.high, b.high)};
}
inline Ints add(Ints a, Ints b) {
  return {_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)};
}
inline Ints sub(Ints a, Ints b) {
  return {_mm256_sub_epi32(a.low, b.low), _mm256_sub_epi32(a.high, b.high)};
}
inline Ints bit_and(Ints a, Ints b) {
  return {_mm256_and_si256(a.low, b.low), _mm256_and_si256(a.high, b.high)};
}
inline Ints bit_xor(Ints a, Ints b) {
  return {_mm256_xor_si256(a.low, b.low), _mm256_xor_si256(a.high, b.high)};
}
inline Ints sign(Ints a) { return {_mm256_srai_epi32(a.low, 31), _mm256_srai_epi32(a.high, 31)}; }
inline Ints to_exponent(Ints a) {
  return {_mm256_slli_epi32(a.low, 23), _mm256_slli_epi32(a.high, 23)};
}
inline Ints bits(Floats x) { return {_mm256_castps_si256(x.low), _mm256_castps_si256(x.high)}; }
inline Floats from_bits(Ints x) {
  return {_mm256_castsi256_ps(x.low), _mm256_castsi256_ps(x.high)};
}
inline Ints to_ints(Floats x) { return {_mm256_cvtps_epi32(x.low), _mm256_cvtps_epi32(x.high)}; }

/// One bit a lane: where a >= b.
inline unsigned at_least(Ints a, Ints b) {
  const __m256i low = _mm256_cmpgt_epi32(b.low, a.low), high = _mm256_cmpgt_epi32(b.high, a.high);
  const int less = _mm256_movemask_ps(_mm256_castsi256_ps(low)) |
                   _mm256_movemask_ps(_mm256_castsi256_ps(high)) << 8;
  return ~static_cast<unsigned>(less) & 0xffffu;
}

/// Remembers whether any number it has seen was NaN.
struct NanSeen {
  __m256 lanes;

  NanSeen() : lanes(_mm256_setzero_ps()) {}
  void look(Floats a, Floats b, Floats c, Floats d) {
    const __m256 ab = _mm256_or_ps(_mm256_cmp_ps(a.low, b.low, _CMP_UNORD_Q),
                                   _mm256_cmp_ps(a.high, b.high, _CMP_UNORD_Q));
    const __m256 cd = _mm256_or_ps(_mm256_cmp_ps(c.low, d.low, _CMP_UNORD_Q),
                                   _mm256_cmp_ps(c.high, d.high, _CMP_UNORD_Q));
    lanes = _mm256_or_ps(lanes, _mm256_or_ps(ab, cd));
  }
  [[nodiscard]] bool any() const { return _mm256_movemask_ps(lanes) != 0; }
};

/// Adds up 64-bit weights: each lane's 32-bit mantissa, moved to the top and back by its shift.
struct WeightSum {
  __m256i even, odd;

  WeightSum() : even(_mm256_setzero_si256()), odd(_mm256_setzero_si256()) {}
  void add(__m256i mantissas, __m256i shifts) {
    const __m256i low = _mm256_set1_epi64x(0xffffffff);
    even = _mm256_add_epi64(
        even, _mm256_srlv_epi64(_mm256_slli_epi64(mantissas, 32), _mm256_and_si256(shifts, low)));
    odd = _mm256_add_epi64(
        odd, _mm256_srlv_epi64(_mm256_andnot_si256(low, mantissas), _mm256_srli_epi64(shifts, 32)));
  }
  void add(Ints mantissas, Ints shifts) {
    add(mantissas.low, shifts.low);
    add(mantissas.high, shifts.high);
  }
  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t lanes[4];
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes), _mm256_add_epi64(even, odd));
    return lanes[0] + lanes[1] + lanes[2] + lanes[3];
  }
};

/// Eight registers become one: lane t is register t, folded l with l + 4, + 2, + 1.
template <class Fold>
inline __m256 fold8(__m256 (&v)[8], const Fold& fold) {
  LOGITKIT_UNROLL
  for (int t = 0; t < 4; ++t) {
    const __m256 a = v[2 * t], b = v[2 * t + 1];
    v[t] = fold(_mm256_permute2f128_ps(a, b, 0x20), _mm256_permute2f128_ps(a, b, 0x31));
  }
  LOGITKIT_UNROLL
  for (int t = 0; t < 2; ++t) {
    const __m256 a = v[2 * t], b = v[2 * t + 1];
    v[t] = fold(_mm256_shuffle_ps(a, b, 0x44), _mm256_shuffle_ps(a, b, 0xee));
  }
  const __m256 folded =
      fold(_mm256_shuffle_ps(v[0], v[1], 0x88), _mm256_shuffle_ps(v[0], v[1], 0xdd));
  return _mm256_permutevar8x32_ps(folded, _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0));
}

/// Sixteen vectors become one: lane t is vector t, folded in halves: l with l + 8, + 4, + 2, + 1.
template <class Fold>
inline Floats fold16(Floats (&v)[16], const Fold& fold) {
  __m256 first[8], second[8];
  LOGITKIT_UNROLL
  for (int t = 0; t < 8; ++t) {
    first[t] = fold(v[t].low, v[t].high);
    second[t] = fold(v[t + 8].low, v[t + 8].high);
  }
  return {fold8(first, fold), fold8(second, fold)};
}
struct FoldMax {
  __m256 operator()(__m256 a, __m256 b) const { return _mm256_max_ps(a, b); }
};
struct FoldSum {
  __m256 operator()(__m256 a, __m256 b) const { return _mm256_add_ps(a, b); }
};

#include <logitkit/math/detail/kernels.inc>

}  // namespace logitkit::inline LOGITKIT_ABI::math::avx2

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif  // LOGITKIT_HAS_AVX
