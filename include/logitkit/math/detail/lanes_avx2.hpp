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
inline Floats add_fused(Floats a, Floats b) { return add(a, b); }
inline Floats sub_fused(Floats a, Floats b) {
  __m256 minus_one = _mm256_set1_ps(-1);
  __asm__("" : "+x"(minus_one));  // or clang would know, and subtract
  return fma(b, {minus_one, minus_one}, a);
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
inline void hold(Floats&, Floats&, Floats&, Floats&) {}  // there are not as many registers

inline Floats bounded(Floats y) { return max(all(-120.0f), y); }  // in this order NaN stays NaN
inline Floats nearest(Floats y) {
  constexpr int kNearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
  return {_mm256_round_ps(y.low, kNearest), _mm256_round_ps(y.high, kNearest)};
}
inline Floats scaled(Floats p, Floats n) {
  const Ints whole{_mm256_cvtps_epi32(n.low), _mm256_cvtps_epi32(n.high)};
  return from_bits(add(bits(p), to_exponent(whole)));
}

inline __m256 eight_values(const Entry<float>* p) {
  const __m256 a = _mm256_loadu_ps(reinterpret_cast<const float*>(p));
  const __m256 b = _mm256_loadu_ps(reinterpret_cast<const float*>(p + 4));
  const __m256d odd = _mm256_castps_pd(_mm256_shuffle_ps(a, b, 0xdd));  // 0 1 4 5, 2 3 6 7
  return _mm256_castpd_ps(_mm256_permute4x64_pd(odd, 0xd8));
}
inline Floats values(const Entry<float>* p) { return {eight_values(p), eight_values(p + 8)}; }

inline unsigned at_least(Ints a, Ints b) {
  const __m256i low = _mm256_cmpgt_epi32(b.low, a.low), high = _mm256_cmpgt_epi32(b.high, a.high);
  const int less = _mm256_movemask_ps(_mm256_castsi256_ps(low)) |
                   _mm256_movemask_ps(_mm256_castsi256_ps(high)) << 8;
  return ~static_cast<unsigned>(less) & 0xffffu;
}

using Lanes = unsigned;
inline unsigned numbered(Lanes lanes) { return lanes; }
inline Lanes lanes_at_least(Ints a, Ints b) { return at_least(a, b); }
inline Lanes lanes_above(Floats a, Floats b) {
  const int low = _mm256_movemask_ps(_mm256_cmp_ps(a.low, b.low, _CMP_GT_OQ));
  const int high = _mm256_movemask_ps(_mm256_cmp_ps(a.high, b.high, _CMP_GT_OQ));
  return static_cast<unsigned>(low | high << 8);
}
inline Lanes lanes_not_below(Floats a, Floats b) {
  const int low = _mm256_movemask_ps(_mm256_cmp_ps(a.low, b.low, _CMP_NLT_UQ));
  const int high = _mm256_movemask_ps(_mm256_cmp_ps(a.high, b.high, _CMP_NLT_UQ));
  return static_cast<unsigned>(low | high << 8);
}
inline Lanes lanes_between(Floats a, Floats b, Lanes above) {
  const int low = _mm256_movemask_ps(_mm256_cmp_ps(a.low, b.low, _CMP_GE_OQ));
  const int high = _mm256_movemask_ps(_mm256_cmp_ps(a.high, b.high, _CMP_GE_OQ));
  return static_cast<unsigned>(low | high << 8) & ~above;
}

inline __m256 eight_of(unsigned lanes, __m256 a, __m256 b) {
  const __m256i places = _mm256_set_epi32(128, 64, 32, 16, 8, 4, 2, 1);
  const __m256i mask = _mm256_and_si256(_mm256_set1_epi32(static_cast<int>(lanes)), places);
  return _mm256_blendv_ps(b, a, _mm256_castsi256_ps(_mm256_cmpeq_epi32(mask, places)));
}
inline Floats where(Lanes lanes, Floats a, Floats b) {
  return {eight_of(lanes, a.low, b.low), eight_of(lanes >> 8, a.high, b.high)};
}
inline Floats scaled_where(Lanes lanes, Floats p, Floats n) {
  return where(lanes, scaled(p, n), all(0.0f));
}

struct NanOfFloats {
  __m256 lanes;

  NanOfFloats() : lanes(_mm256_setzero_ps()) {}
  void look(Floats a, Floats b, Floats c, Floats d) {
    const __m256 ab = _mm256_or_ps(_mm256_cmp_ps(a.low, b.low, _CMP_UNORD_Q),
                                   _mm256_cmp_ps(a.high, b.high, _CMP_UNORD_Q));
    const __m256 cd = _mm256_or_ps(_mm256_cmp_ps(c.low, d.low, _CMP_UNORD_Q),
                                   _mm256_cmp_ps(c.high, d.high, _CMP_UNORD_Q));
    lanes = _mm256_or_ps(lanes, _mm256_or_ps(ab, cd));
  }
  [[nodiscard]] bool any() const { return _mm256_movemask_ps(lanes) != 0; }
};

#include <logitkit/math/detail/wholes_avx2.inc>

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

template <class Fold>
[[gnu::always_inline]] inline Floats fold16(Floats (&v)[16], const Fold& fold) {
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

#include <logitkit/math/detail/lane_by_lane.inc>

#include <logitkit/math/detail/shorts_avx2.inc>

#include <logitkit/math/detail/doubles_avx2.inc>

#include <logitkit/math/detail/kernels.inc>

}  // namespace logitkit::inline LOGITKIT_ABI::math::avx2

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif  // LOGITKIT_HAS_AVX
