// SPDX-License-Identifier: MIT
// The floor: reading each logit once, for its maximum, with the widest vectors of the machine.
// Nothing that looks at a whole row can be faster; every other row is reported as a ratio to it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

#if defined(__GNUC__) && defined(__x86_64__)
#include <immintrin.h>
#define LOGITKIT_BENCH_X86 1
#endif

namespace bench {

namespace detail {

/// Eight independent maxima, so that the loads are what takes the time.
inline constexpr std::size_t kLanes = 8;

template <class S>
S baseline_maximum(std::span<const S> row) {
  S best[4 * kLanes];
  std::fill(std::begin(best), std::end(best), -std::numeric_limits<S>::infinity());
  std::size_t i = 0;
  for (; i + 4 * kLanes <= row.size(); i += 4 * kLanes) {
    for (std::size_t lane = 0; lane < 4 * kLanes; ++lane) {
      best[lane] = row[i + lane] > best[lane] ? row[i + lane] : best[lane];
    }
  }
  for (; i < row.size(); ++i) best[0] = std::max(best[0], row[i]);
  return *std::max_element(std::begin(best), std::end(best));
}

#ifdef LOGITKIT_BENCH_X86
__attribute__((target("avx2"))) inline float avx2_maximum(std::span<const float> row) {
  __m256 best[kLanes];
  for (auto& each : best) each = _mm256_set1_ps(-std::numeric_limits<float>::infinity());
  std::size_t i = 0;
  for (; i + 8 * kLanes <= row.size(); i += 8 * kLanes) {
#pragma GCC unroll 8
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      best[lane] = _mm256_max_ps(_mm256_loadu_ps(row.data() + i + 8 * lane), best[lane]);
    }
  }
  for (std::size_t lane = 1; lane < kLanes; ++lane) best[0] = _mm256_max_ps(best[0], best[lane]);
  float lanes[8];
  _mm256_storeu_ps(lanes, best[0]);
  float result = *std::max_element(std::begin(lanes), std::end(lanes));
  for (; i < row.size(); ++i) result = std::max(result, row[i]);
  return result;
}

/// With an all-ones mask: g++ 12 warns about the plain intrinsic's undefined operand.
__attribute__((target("avx512f"))) inline __m512 avx512_max(__m512 a, __m512 b) {
  return _mm512_mask_max_ps(a, static_cast<__mmask16>(0xffff), a, b);
}

__attribute__((target("avx512f"))) inline float avx512_maximum(std::span<const float> row) {
  __m512 best[kLanes];
  for (auto& each : best) each = _mm512_set1_ps(-std::numeric_limits<float>::infinity());
  std::size_t i = 0;
  for (; i + 16 * kLanes <= row.size(); i += 16 * kLanes) {
#pragma GCC unroll 8
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      best[lane] = avx512_max(best[lane], _mm512_loadu_ps(row.data() + i + 16 * lane));
    }
  }
  for (std::size_t lane = 1; lane < kLanes; ++lane) best[0] = avx512_max(best[0], best[lane]);
  float lanes[16];
  _mm512_storeu_ps(lanes, best[0]);
  float result = *std::max_element(std::begin(lanes), std::end(lanes));
  for (; i < row.size(); ++i) result = std::max(result, row[i]);
  return result;
}

__attribute__((target("avx2"))) inline double avx2_maximum(std::span<const double> row) {
  __m256d best[kLanes];
  for (auto& each : best) each = _mm256_set1_pd(-std::numeric_limits<double>::infinity());
  std::size_t i = 0;
  for (; i + 4 * kLanes <= row.size(); i += 4 * kLanes) {
#pragma GCC unroll 8
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      best[lane] = _mm256_max_pd(_mm256_loadu_pd(row.data() + i + 4 * lane), best[lane]);
    }
  }
  for (std::size_t lane = 1; lane < kLanes; ++lane) best[0] = _mm256_max_pd(best[0], best[lane]);
  double lanes[4];
  _mm256_storeu_pd(lanes, best[0]);
  double result = *std::max_element(std::begin(lanes), std::end(lanes));
  for (; i < row.size(); ++i) result = std::max(result, row[i]);
  return result;
}

__attribute__((target("avx512f"))) inline __m512d avx512_max(__m512d a, __m512d b) {
  return _mm512_mask_max_pd(a, static_cast<__mmask8>(0xff), a, b);
}

__attribute__((target("avx512f"))) inline double avx512_maximum(std::span<const double> row) {
  __m512d best[kLanes];
  for (auto& each : best) each = _mm512_set1_pd(-std::numeric_limits<double>::infinity());
  std::size_t i = 0;
  for (; i + 8 * kLanes <= row.size(); i += 8 * kLanes) {
#pragma GCC unroll 8
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      best[lane] = avx512_max(best[lane], _mm512_loadu_pd(row.data() + i + 8 * lane));
    }
  }
  for (std::size_t lane = 1; lane < kLanes; ++lane) best[0] = avx512_max(best[0], best[lane]);
  double lanes[8];
  _mm512_storeu_pd(lanes, best[0]);
  double result = *std::max_element(std::begin(lanes), std::end(lanes));
  for (; i < row.size(); ++i) result = std::max(result, row[i]);
  return result;
}
#endif

template <class S>
S maximum(std::span<const S> row) {
#ifdef LOGITKIT_BENCH_X86
  if (__builtin_cpu_supports("avx512f")) return avx512_maximum(row);
  if (__builtin_cpu_supports("avx2")) return avx2_maximum(row);
#endif
  return baseline_maximum(row);
}

}  // namespace detail

/// The largest number of a row that holds no NaN.
inline float floor_maximum(std::span<const float> row) { return detail::maximum(row); }
inline double floor_maximum(std::span<const double> row) { return detail::maximum(row); }

}  // namespace bench
