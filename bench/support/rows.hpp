// SPDX-License-Identifier: MIT
// Rows of logits to measure on: named distributions from a fixed seed, in hot or cold memory.
//
//   llm          2 N(0,1), and 8 spikes from 20 down in steps of 0.6: 5 tokens hold 95 %
//   gauss        2 N(0,1): a third of the vocabulary holds 95 %
//   flat         0.3 N(0,1)
//   peaked       3 N(0,1), and 8 tokens raised by 12
//   ascending    from -10 to 10 in equal steps; descending: from 10 to -10
//   equal        all 0
//   half_banned  gauss, but every token is -inf with probability 1/2
//
// Normal numbers are Box-Muller pairs over Philox4x32-10, counter (pair, row, 0, 0), key the
// distribution. Hot: the same rows every time. Cold: rotating over at least 16 MiB of them.
#pragma once

#include <logitkit/random/philox.hpp>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <numbers>
#include <span>
#include <string>
#include <vector>

namespace bench {

enum class Distribution : std::uint32_t {
  llm,
  gauss,
  flat,
  peaked,
  ascending,
  descending,
  equal,
  half_banned
};
enum class Memory { hot, cold };
enum class Scalar { float32, float64, half, bfloat16 };

inline const char* to_string(Distribution distribution) {
  constexpr const char* kNames[] = {"llm",       "gauss",      "flat",  "peaked",
                                    "ascending", "descending", "equal", "half_banned"};
  return kNames[static_cast<std::size_t>(distribution)];
}
inline const char* to_string(Memory memory) { return memory == Memory::hot ? "hot" : "cold"; }

/// The rows of one call, one after another, in floats and perhaps in another scalar, too: the same
/// numbers, which 16 bits can hold where it has so many. The floor of a row in 16 bits reads the
/// floats, the floor of one in doubles reads those.
struct Logits {
  std::span<const float> floats;
  std::span<const double> doubles{};
  std::span<const Eigen::half> halves{};
  std::span<const Eigen::bfloat16> bfloats{};

  operator std::span<const float>() const { return floats; }
  template <class T>
  [[nodiscard]] std::span<const T> as() const {
    if constexpr (std::is_same_v<T, double>) return doubles;
    if constexpr (std::is_same_v<T, Eigen::half>) return halves;
    if constexpr (std::is_same_v<T, Eigen::bfloat16>) return bfloats;
    if constexpr (std::is_same_v<T, float>) return floats;
  }
};

namespace detail {

inline void fill_normal(std::span<float> row, Distribution kind, double scale,
                        std::uint32_t index) {
  const std::array<std::uint32_t, 2> key{static_cast<std::uint32_t>(kind), 2026};
  for (std::size_t i = 0; i < row.size(); i += 2) {
    const auto words = logitkit::philox4x32({static_cast<std::uint32_t>(i / 2), index, 0, 0}, key);
    const double radius = scale * std::sqrt(-2 * std::log((words[0] + 0.5) * 0x1p-32));
    const double angle = 2 * std::numbers::pi * (words[1] + 0.5) * 0x1p-32;
    row[i] = static_cast<float>(radius * std::cos(angle));
    if (i + 1 < row.size()) row[i + 1] = static_cast<float>(radius * std::sin(angle));
    if (kind != Distribution::half_banned) continue;
    for (std::size_t j = 0; j < 2 && i + j < row.size(); ++j) {
      if (words[2 + j] & 1) row[i + j] = -std::numeric_limits<float>::infinity();
    }
  }
  const auto places = logitkit::philox4x32({0, index, 1, 0}, key);
  for (std::size_t spike = 0; spike < 8; ++spike) {
    float& logit = row[(places[0] + spike * (row.size() / 8 - 5)) % row.size()];
    if (kind == Distribution::llm) logit = 20 - 0.6f * static_cast<float>(spike);
    if (kind == Distribution::peaked) logit += 12;
  }
}

inline void fill_evenly(std::span<float> row, float first, float last) {
  const float step = (last - first) / static_cast<float>(row.size());
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = first + step * static_cast<float>(i);
}

/// Memory that begins at a cache line.
struct Free {
  void operator()(void* memory) const { ::operator delete[](memory, std::align_val_t(64)); }
};
template <class T>
using Memory64 = std::unique_ptr<T[], Free>;
template <class T>
Memory64<T> allocate(std::size_t count) {
  return Memory64<T>(new (std::align_val_t(64)) T[count]);
}

}  // namespace detail

/// Fills one row; `index` tells rows of the same kind apart.
inline void fill(std::span<float> row, Distribution kind, std::uint32_t index) {
  switch (kind) {
    case Distribution::flat:
      return detail::fill_normal(row, kind, 0.3, index);
    case Distribution::peaked:
      return detail::fill_normal(row, kind, 3, index);
    case Distribution::ascending:
      return detail::fill_evenly(row, -10, 10);
    case Distribution::descending:
      return detail::fill_evenly(row, 10, -10);
    case Distribution::equal:
      return detail::fill_evenly(row, 0, 0);
    default:
      return detail::fill_normal(row, kind, 2, index);
  }
}

/// Drawn rows, kept for all that ask for the same kind.
inline const std::vector<float>& drawn(Distribution distribution, std::size_t vocabulary,
                                       std::size_t count) {
  static std::map<std::pair<Distribution, std::size_t>, std::vector<float>> cache;
  auto& rows = cache[{distribution, vocabulary}];
  for (std::size_t r = rows.size() / vocabulary; r < count; ++r) {
    rows.resize((r + 1) * vocabulary);
    fill(std::span(rows).last(vocabulary), distribution, static_cast<std::uint32_t>(r));
  }
  return rows;
}

/// Buffers of `count` rows each, one after another, that are handed out in turn. The first buffer
/// is drawn; the others are the same rows, each rotated further by 4099 tokens.
class Buffers {
 public:
  Buffers(Distribution distribution, std::size_t vocabulary, Memory memory, std::size_t count,
          Scalar scalar)
      : size_(vocabulary * count) {
    constexpr std::size_t kColdBytes = 16 << 20;
    const std::size_t bytes = size_ * (scalar == Scalar::float64 ? sizeof(double) : sizeof(float));
    buffers_ = memory == Memory::hot ? 1 : (kColdBytes + bytes - 1) / bytes;
    floats_ = detail::allocate<float>(buffers_ * size_);
    const std::vector<float>& rows = drawn(distribution, vocabulary, count);
    for (std::size_t r = 0; r < buffers_ * count; ++r) {
      const auto row = std::span(rows).subspan(r % count * vocabulary, vocabulary);
      const auto shift = static_cast<std::ptrdiff_t>(r / count * 4099 % vocabulary);
      std::rotate_copy(row.begin(), row.begin() + shift, row.end(), &floats_[r * vocabulary]);
    }
    if (scalar == Scalar::float64) round_to(doubles_);
    if (scalar == Scalar::half) round_to(halves_);
    if (scalar == Scalar::bfloat16) round_to(bfloats_);
  }

  [[nodiscard]] Logits next() {
    at_ = at_ + 1 < buffers_ ? at_ + 1 : 0;
    return {here(floats_), here(doubles_), here(halves_), here(bfloats_)};
  }

 private:
  template <class T>
  void round_to(detail::Memory64<T>& memory) {
    memory = detail::allocate<T>(buffers_ * size_);
    for (std::size_t i = 0; i < buffers_ * size_; ++i) {
      memory[i] = static_cast<T>(floats_[i]);
      floats_[i] = static_cast<float>(memory[i]);
    }
  }
  template <class T>
  [[nodiscard]] std::span<const T> here(const detail::Memory64<T>& memory) const {
    if (!memory) return {};
    return {memory.get() + at_ * size_, size_};
  }

  std::size_t size_;
  std::size_t buffers_ = 1;
  std::size_t at_ = 0;
  detail::Memory64<float> floats_;
  detail::Memory64<double> doubles_;
  detail::Memory64<Eigen::half> halves_;
  detail::Memory64<Eigen::bfloat16> bfloats_;
};

}  // namespace bench
