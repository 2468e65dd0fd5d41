// SPDX-License-Identifier: MIT
// What candidates weigh: exact integer masses that decide, and quick sums that often suffice.
//
// A weight is exp(score) as an integer, so that sums do not depend on their order: not on vector
// width, threads, or whether the set is a row or a list. Adding up 64-bit integers is the dearer
// part; a sum of each tile's weights as floats costs half as much and is wrong by less than a part
// in 2^21. Where a choice holds for every total within that, the quick sums have made it.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Whether the float kernels can weigh this set: see math::Weighing.
template <std::floating_point S>
bool Candidates<S>::weighs_fast() {
  return std::same_as<S, float> && math::Weighing::fits(math::widen(peak().score), scale_);
}

/// The weight of each entry, to scratch_.weights. In units of 2^-56 of the best one's, nearly.
template <std::floating_point S>
void Candidates<S>::weigh(std::span<const Survivor> entries) {
  const double best = math::widen(peak().score);
  scratch_.weights.resize(entries.size());
  std::uint64_t* weights = scratch_.weights.data();
  if constexpr (std::same_as<S, float>) {
    if (weighs_fast()) {
      const math::Weighing weighing(best, scale_);
      return math::kernels().weights(entries.data(), entries.size(), weighing, weights);
    }
  }
  const double per_octave = scale_ * math::kLog2E;
  for (const Survivor& entry : entries) {
    const auto octaves = math::to_octaves((best - math::widen(entry.score)) * per_octave);
    *weights++ = math::weight(octaves) >> (62 - math::Weighing::kUnit);
  }
}

/// All entries of a tile, edits included, banned ones too. Valid until the next call.
template <std::floating_point S>
auto Candidates<S>::tile_entries(std::size_t tile) -> std::span<const Survivor> {
  const std::size_t begin = tile * math::kTile;
  const std::size_t size = std::min(math::kTile, vocabulary() - begin);
  for (std::size_t i = 0; i < size; ++i) {
    scratch_.tile[i] = {static_cast<Token>(begin + i), value(begin + i)};
  }
  return std::span(scratch_.tile).first(size);
}

/// Calls f(numbers, how many, the first tile) for the row as floats: at once where it is one, else
/// block by block. Edits are left out.
template <std::floating_point S>
template <class F>
void Candidates<S>::for_each_block(const F& f) const {
  row_.visit([&]<class Scalar>(const Scalar* data) {
    if constexpr (std::same_as<Scalar, float>) {
      f(data, vocabulary(), 0);
    } else {
      constexpr std::size_t kBlock = 1024;
      float block[kBlock];
      for (std::size_t begin = 0; begin < vocabulary(); begin += kBlock) {
        const std::size_t size = std::min(kBlock, vocabulary() - begin);
        math::kernels().rows<Scalar>().widen(data + begin, size, block);
        f(block, size, begin / math::kTile);
      }
    }
  });
}

/// Each tile's mass, exactly, to scratch_.tile_masses; before narrowing.
template <std::floating_point S>
void Candidates<S>::weigh_tiles() {
  const auto weigh_one = [this](std::size_t tile) {
    weigh(tile_entries(tile));
    std::uint64_t sum = 0;  // at most 64 sqrt(2) 2^56
    for (const std::uint64_t weight : scratch_.weights) sum += weight;
    scratch_.tile_masses[tile] = sum;
  };
  if constexpr (std::same_as<S, float>) {
    if (weighs_fast()) {
      const math::Weighing weighing(math::widen(peak().score), scale_);
      for_each_block([&](const float* block, std::size_t size, std::size_t tile) {
        math::kernels().tile_masses(block, size, weighing, scratch_.tile_masses.data() + tile);
      });
      for (const Token token : scratch_.edits) {
        weigh_one(static_cast<std::size_t>(token) / math::kTile);
      }
      return;
    }
  }
  for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) weigh_one(tile);
}

/// The sum of all weights. Then scratch_ has the parts: weights of survivors, or masses of tiles.
template <std::floating_point S>
math::Mass Candidates<S>::total() {
  if (narrow_) {  // the parts may have been overwritten
    weigh(scratch_.survivors);
    math::Mass sum;
    for (const std::uint64_t weight : scratch_.weights) sum += weight;
    return sum;
  }
  if (!total_) {
    weigh_tiles();
    math::Mass sum;
    for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) {
      sum += scratch_.tile_masses[tile];
    }
    total_ = sum;
  }
  return *total_;
}

/// Each tile's sum of weights as a float, to scratch_.tile_sums; before narrowing, where
/// weighs_fast(). All-banned tiles get 0.
template <std::floating_point S>
void Candidates<S>::sum_tiles() {
  const math::Weighing weighing(math::widen(peak().score), scale_);
  float* sums = scratch_.tile_sums.data();
  for_each_block([&](const float* block, std::size_t size, std::size_t tile) {
    math::kernels().tile_sums(block, size, weighing, sums + tile);
  });
  for (const Token token : scratch_.edits) {
    const std::size_t tile = static_cast<std::size_t>(token) / math::kTile;
    float values[math::kTile];
    const auto entries = tile_entries(tile);
    for (std::size_t i = 0; i < entries.size(); ++i) values[i] = float(entries[i].score);
    math::kernels().tile_sums(values, entries.size(), weighing, sums + tile);
  }
  const auto floor = math::order_key(weighing.floor);
  for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) {
    if (scratch_.tiles[tile] <= floor) sums[tile] = 0;
  }
}

/// The sum of tile_sums: blocks of 16 tiles, each added up in order, then the blocks in order.
template <std::floating_point S>
double Candidates<S>::sum_blocks() {
  double sum = 0;
  const std::size_t count = scratch_.tiles.size();
  for (std::size_t block = 0; block < count; block += 16) {
    double block_sum = 0;
    for (std::size_t tile = block; tile < std::min(block + 16, count); ++tile) {
      block_sum += double(scratch_.tile_sums[tile]);
    }
    sum += block_sum;
  }
  return sum;
}

/// The same sum, to the bit, of a list: its blocks are laid out again, one at a time.
template <std::floating_point S>
double Candidates<S>::sum_survivors() {
  constexpr std::size_t kBlock = 16 * math::kTile;
  const math::Weighing weighing(math::widen(peak().score), scale_);
  double sum = 0;
  for (auto entry = scratch_.survivors.begin(); entry != scratch_.survivors.end();) {
    const std::size_t begin = static_cast<std::size_t>(entry->token) / kBlock * kBlock;
    const std::size_t size = std::min(kBlock, vocabulary() - begin);
    float values[kBlock], sums[16];
    bool counts[16] = {};  // tiles with a weight
    std::fill_n(values, size, -std::numeric_limits<float>::infinity());
    for (; entry != scratch_.survivors.end(); ++entry) {
      const std::size_t at = static_cast<std::size_t>(entry->token) - begin;
      if (at >= size) break;
      values[at] = float(entry->score);
      counts[at / math::kTile] |= math::order_key(values[at]) > math::order_key(weighing.floor);
    }
    math::kernels().tile_sums(values, size, weighing, sums);
    double block_sum = 0;
    for (std::size_t tile = 0; tile * math::kTile < size; ++tile) {
      if (counts[tile]) block_sum += double(sums[tile]);
    }
    sum += block_sum;
  }
  return sum;
}

/// ln of the sum of exp(score - maximum); needs a good status.
template <std::floating_point S>
double Candidates<S>::log_mass() {
  if (log_mass_) return *log_mass_;
  if constexpr (std::same_as<S, float>) {
    if (weighs_fast()) {
      if (!narrow_) sum_tiles();
      const double sum = narrow_ ? sum_survivors() : sum_blocks();
      const Survivor best = peak();
      weigh({&best, 1});
      const double unit = static_cast<double>(scratch_.weights[0]) * 0x1p-56;
      return *(log_mass_ = math::log(sum / unit));  // 0 for a single token
    }
  }
  return *(log_mass_ = math::log(total().to_double() * 0x1p-56));
}

/// Whether quick sums can say something that exact ones do not say as cheaply.
template <std::floating_point S>
bool Candidates<S>::sums_are_worth_it() {
  return !narrow_ && !total_ && weighs_fast();
}

/// The token at quantile u, where the quick sums can tell: none if it is close to another's.
template <std::floating_point S>
std::optional<Token> Candidates<S>::draw_by_sums(double u) {
  if (!sums_are_worth_it()) return std::nullopt;
  sum_tiles();
  const double all = sum_blocks();
  const double target = u * all, slack = all * 0x1p-19;
  double before = 0;
  std::size_t tile = 0;
  while (tile + 1 < scratch_.tiles.size() && before + double(scratch_.tile_sums[tile]) <= target) {
    before += double(scratch_.tile_sums[tile++]);
  }
  const auto entries = tile_entries(tile);
  weigh(entries);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const double after = before + static_cast<double>(scratch_.weights[i]) * 0x1p-56;
    if (after > target) {
      const bool certain = (before == 0 || target - before > slack) && after - target > slack;
      return certain ? std::optional(entries[i].token) : std::nullopt;
    }
    before = after;
  }
  return std::nullopt;
}

}  // namespace logitkit::inline LOGITKIT_ABI
