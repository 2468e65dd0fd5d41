// SPDX-License-Identifier: MIT
// Rows of logits to measure on: named distributions from a fixed seed, in hot or cold memory.
//
//   llm     2 N(0,1), and 8 spikes from 20 down in steps of 0.6: 5 tokens hold 95 %
//   gauss   2 N(0,1): a third of the vocabulary holds 95 %
//   flat    0.3 N(0,1)
//   peaked  3 N(0,1), and 8 tokens raised by 12
//
// Normal numbers are Box-Muller pairs over Philox4x32-10, counter (pair, row, 0, 0), key the
// distribution. Hot: the same rows every time. Cold: rotating over at least 16 MiB of them.
#pragma once

#include <logitkit/random/philox.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <memory>
#include <new>
#include <numbers>
#include <span>
#include <string>
#include <vector>

namespace bench {

enum class Distribution : std::uint32_t { llm, gauss, flat, peaked };
enum class Memory { hot, cold };

inline constexpr std::size_t kVocabularies[] = {32000, 128256, 262144};

inline const char* to_string(Distribution distribution) {
  constexpr const char* kNames[] = {"llm", "gauss", "flat", "peaked"};
  return kNames[static_cast<std::size_t>(distribution)];
}
inline const char* to_string(Memory memory) { return memory == Memory::hot ? "hot" : "cold"; }

/// Fills one row; `index` tells rows of the same kind apart.
inline void fill(std::span<float> row, Distribution distribution, std::uint32_t index) {
  constexpr double kScales[] = {2, 2, 0.3, 3};
  const auto kind = static_cast<std::uint32_t>(distribution);
  for (std::size_t i = 0; i < row.size(); i += 2) {
    const auto words =
        logitkit::philox4x32({static_cast<std::uint32_t>(i / 2), index, 0, 0}, {kind, 2026});
    const double radius = kScales[kind] * std::sqrt(-2 * std::log((words[0] + 0.5) * 0x1p-32));
    const double angle = 2 * std::numbers::pi * (words[1] + 0.5) * 0x1p-32;
    row[i] = static_cast<float>(radius * std::cos(angle));
    if (i + 1 < row.size()) row[i + 1] = static_cast<float>(radius * std::sin(angle));
  }
  const auto places = logitkit::philox4x32({0, index, 1, 0}, {kind, 2026});
  for (std::size_t spike = 0; spike < 8; ++spike) {
    float& logit = row[(places[0] + spike * (row.size() / 8 - 5)) % row.size()];
    if (distribution == Distribution::llm) logit = 20 - 0.6f * static_cast<float>(spike);
    if (distribution == Distribution::peaked) logit += 12;
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
  Buffers(Distribution distribution, std::size_t vocabulary, Memory memory, std::size_t count)
      : size_(vocabulary * count) {
    constexpr std::size_t kColdBytes = 16 << 20;
    const std::size_t bytes = size_ * sizeof(float);
    buffers_ = memory == Memory::hot ? 1 : (kColdBytes + bytes - 1) / bytes;
    memory_.reset(new (kAlignment) float[buffers_ * size_]);
    const std::vector<float>& rows = drawn(distribution, vocabulary, count);
    for (std::size_t r = 0; r < buffers_ * count; ++r) {
      const auto row = std::span(rows).subspan(r % count * vocabulary, vocabulary);
      const auto shift = static_cast<std::ptrdiff_t>(r / count * 4099 % vocabulary);
      std::rotate_copy(row.begin(), row.begin() + shift, row.end(), &memory_[r * vocabulary]);
    }
  }

  [[nodiscard]] std::span<const float> next() {
    at_ = at_ + 1 < buffers_ ? at_ + 1 : 0;
    return {memory_.get() + at_ * size_, size_};
  }

 private:
  static constexpr std::align_val_t kAlignment{64};
  struct Free {
    void operator()(float* memory) const { ::operator delete[](memory, kAlignment); }
  };

  std::size_t size_;
  std::size_t buffers_ = 1;
  std::size_t at_ = 0;
  std::unique_ptr<float[], Free> memory_;
};

}  // namespace bench
