// SPDX-License-Identifier: MIT
// Kernels: the loops over whole rows, as a table of functions that each instruction set fills.
#pragma once

#include <logitkit/math/detail/weighing.hpp>
#include <logitkit/math/mass.hpp>
#include <logitkit/math/nearness.hpp>
#include <logitkit/math/select.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

// Before a loop of up to 16 turns: the lanes it fills are to stay in registers.
#if defined(__clang__)
#define LOGITKIT_UNROLL _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define LOGITKIT_UNROLL _Pragma("GCC unroll 16")
#else
#define LOGITKIT_UNROLL
#endif

namespace logitkit::inline LOGITKIT_ABI::math {

/// Rows are read in tiles of numbers, and sums are added up in blocks of tiles.
inline constexpr std::size_t kTile = 64, kBlockTiles = 16, kBlockNumbers = kBlockTiles * kTile;

/// What `split` finds of a row.
struct Parts {
  Mass all;               ///< what the row weighs
  Mass above;             ///< what the numbers above the stretch weigh
  Entry<float>* between;  ///< behind the last of the entries in the stretch
};

/// A sum in sixteen lanes, each of every sixteenth number: a block is added up in floats, the
/// blocks in doubles. So it is the same for every width of vectors.
struct LaneSums {
  double lanes[16] = {};

  /// All lanes together, in an order that is always the same.
  [[nodiscard]] double total() const {
    LaneSums folded = *this;
    for (int half = 8; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) folded.lanes[i] += folded.lanes[i + half];
    }
    return folded.lanes[0];
  }
};

/// Weights, and what goes with them, in units of the largest number's so far: so they are added up
/// without knowing the largest of all.
struct WeightSums {
  LaneSums weights, seconds;
  float largest = -std::numeric_limits<float>::infinity();
};

/// Adds weights up and writes the largest keys of tiles, unless these are known; `high` is that of
/// Weighing.
using SumKernel = void (*)(const float* numbers, std::size_t size, float high, bool known,
                           std::int32_t* tiles, WeightSums& sums);

/// What `scan_and_spread` adds up of distances from a centre.
struct Spread {
  LaneSums sums, squares;
  std::size_t count = 0;  ///< of numbers that are not -inf

  /// A centre for numbers of which some have that mean and variance: 0, which costs least, if it is
  /// as near as most of these, or else one that is never so small that a distance from it, or its
  /// square, could be denormal and lose its digits.
  [[nodiscard]] static float centre(double mean, double variance) {
    if (variance >= 0x1p-20 && mean * mean <= variance) return 0;
    return mean > -0x1p-20 && mean < 0x1p-20 ? 0x1p-20f : static_cast<float>(mean);
  }
};

/// The sum of a block's sums of tiles, or of fewer, in an order that is always the same.
template <std::floating_point T>
[[nodiscard]] double sum_block(const T* sums, std::size_t count) {
  double a = 0, b = 0, c = 0, d = 0;
  const std::size_t fours = count / 4 * 4;
  for (std::size_t i = 0; i < fours; i += 4) {
    a += double(sums[i]), b += double(sums[i + 1]);
    c += double(sums[i + 2]), d += double(sums[i + 3]);
  }
  for (std::size_t i = fours; i < count; ++i) a += double(sums[i]);
  return (a + b) + (c + d);
}

/// The sum of the sums of tiles, block by block.
template <std::floating_point T>
[[nodiscard]] double sum_blocks(std::span<const T> sums) {
  double sum = 0;
  for (std::size_t i = 0; i < sums.size(); i += kBlockTiles) {
    sum += sum_block(&sums[i], std::min(kBlockTiles, sums.size() - i));
  }
  return sum;
}

/// high * 2^32 + low.
[[nodiscard]] inline Mass mass_of(std::uint64_t high, std::uint64_t low) {
  Mass mass{high >> 32, high << 32};
  return mass += low;
}

/// What one instruction set does with rows of one scalar.
template <class Scalar>
struct RowKernels {
  bool (*scan)(const Scalar* row, std::size_t size, const std::uint64_t* allowed,
               std::int32_t* tiles);
  void (*widen)(const Scalar* row, std::size_t size, const std::uint64_t* allowed, float* floats);
  std::size_t (*collect)(const Scalar* row, std::size_t size, const std::uint64_t* allowed,
                         const std::uint32_t* tiles, std::size_t tile_count, std::int32_t bound,
                         Entry<float>* entries);
  double (*quick_sums)(const Scalar* row, std::size_t size, const std::uint64_t* allowed,
                       const Weighing&, float* sums);
  std::size_t (*mark)(const Scalar* row, std::size_t size, const std::uint64_t* allowed,
                      std::int32_t bound, std::uint64_t* marks);
  double (*scan_and_sum)(const Scalar* row, std::size_t size, const Weighing&, std::int32_t* tiles,
                         float* sums);
};

template <>
struct RowKernels<double> {
  bool (*scan)(const double* row, std::size_t size, const std::uint64_t* allowed,
               std::int64_t* tiles);
  std::size_t (*collect)(const double* row, std::size_t size, const std::uint64_t* allowed,
                         const std::uint32_t* tiles, std::size_t tile_count, std::int64_t bound,
                         Entry<double>* entries);
  double (*quick_sums)(const double* row, std::size_t size, const std::uint64_t* allowed,
                       double best, const Weighing&, float* sums);
  void (*fine_sums)(const double* row, std::size_t size, const std::uint64_t* allowed, double best,
                    double per_octave, double* sums);
  void (*key_tops)(const std::int64_t* keys, std::size_t size, std::int32_t* tops);
};

/// All of one instruction set's functions; what each does is said in kernels_*.inc.
struct Kernels {
  RowKernels<float> of_float;
  RowKernels<Eigen::half> of_half;
  RowKernels<Eigen::bfloat16> of_bfloat16;
  RowKernels<double> of_double;
  Mass (*mass)(const float* numbers, std::size_t size, const Weighing&);
  void (*keys)(const Entry<float>* entries, std::size_t size, std::int32_t* keys);
  void (*keys_near)(const Entry<float>* entries, std::size_t size, float centre,
                    std::int32_t* keys);
  Mass (*weights)(const Entry<float>* entries, std::size_t size, const Weighing&,
                  std::int32_t* keys, std::uint64_t* weights);
  Mass (*mass_at_least)(const std::int32_t* keys, const std::uint64_t* weights, std::size_t size,
                        std::int32_t bound);
  std::int32_t (*least)(const std::int32_t* keys, std::size_t size);
  std::int32_t (*most)(const std::int32_t* keys, std::size_t size);
  std::int32_t (*rank_bound)(const std::int32_t* keys, std::size_t size, std::size_t k,
                             std::int32_t low, std::int32_t high);
  void (*sixteen_maxima)(const float* numbers, std::size_t size, std::int32_t* keys);
  std::size_t (*count_at_least)(const std::int32_t* keys, std::size_t size, std::int32_t bound);
  std::size_t (*keep_between)(std::int32_t* keys, std::uint64_t* weights, std::size_t size,
                              std::int32_t low, std::int32_t high);
  void (*sums_above)(const float* numbers, std::size_t size, const Weighing&,
                     const float* thresholds, float* sums);
  void (*sums_near)(const float* numbers, std::size_t size, const Weighing&, float centre,
                    const float* thresholds, float* sums);
  void (*split)(const float* numbers, std::size_t size, std::int32_t first_token, const Weighing&,
                float low, float high, Parts& parts);
  void (*split_near)(const float* numbers, std::size_t size, std::int32_t first_token,
                     const Weighing&, float centre, float low, float high, Parts& parts);
  std::size_t (*keep_at_least)(const Entry<float>* entries, std::size_t size, std::int32_t bound,
                               Entry<float>* out);
  std::size_t (*keep_near)(const Entry<float>* entries, std::size_t size, float centre,
                           std::int32_t low, std::int32_t high, Entry<float>* out);
  std::size_t (*find_at_least)(const std::int32_t* keys, std::size_t size, std::int32_t bound,
                               std::size_t enough, std::uint32_t* indices);
  std::size_t (*group_maxima)(const std::int32_t* keys, std::size_t size, std::size_t each,
                              std::int32_t* maxima);
  bool (*scan_and_spread)(const float* numbers, std::size_t size, float centre, Spread& spread,
                          std::int32_t* tiles);
  SumKernel sum, squares, distances;

  template <class Scalar>
  [[nodiscard]] constexpr const RowKernels<Scalar>& rows() const {
    if constexpr (std::same_as<Scalar, float>) {
      return of_float;
    } else if constexpr (std::same_as<Scalar, Eigen::half>) {
      return of_half;
    } else if constexpr (std::same_as<Scalar, double>) {
      return of_double;
    } else {
      return of_bfloat16;
    }
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI::math
