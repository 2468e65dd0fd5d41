// SPDX-License-Identifier: MIT
// Candidates under a mask: one bit a token, before narrowing, applied wherever the row is read.
//
// A mask is what a grammar gives. It is also what becomes of a narrowing that leaves much of the
// row: writing bits costs one read, where a list would cost ten times as much, to make and to use.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <bit>
#include <cstring>

namespace logitkit::inline LOGITKIT_ABI {

template <std::floating_point S>
void Candidates<S>::mask(std::span<const std::uint32_t> words) {
  if (narrow_) {
    return narrow_to(kBannedKey, [&](Token token, S) {
      const auto word = static_cast<std::size_t>(token) / 32;
      return word < words.size() && (words[word] >> (token % 32) & 1u) != 0;
    });
  }
  const std::size_t tiles = scratch_.tiles.size(), whole = std::min(words.size() / 2, tiles);
  std::uint64_t* const marks = scratch_.marks.data();
  if constexpr (std::endian::native == std::endian::little) {
    if (whole > 0) std::memcpy(marks, words.data(), 8 * whole);
  } else {
    for (std::size_t tile = 0; tile < whole; ++tile) {
      marks[tile] = words[2 * tile] | std::uint64_t{words[2 * tile + 1]} << 32;
    }
  }
  for (std::size_t tile = whole; tile < tiles; ++tile) {
    marks[tile] = 2 * tile < words.size() ? words[2 * tile] : 0;
  }
  allow_marked();
  scanned_ = false;
  scratch_.stale.clear();
  forget_facts();
}

/// Takes out of the set what is not in scratch_.marks.
template <std::floating_point S>
void Candidates<S>::allow_marked() {
  for (std::size_t tile = 0; masked_ && tile < scratch_.tiles.size(); ++tile) {
    scratch_.marks[tile] &= scratch_.allowed[tile];
  }
  scratch_.allowed.swap(scratch_.marks);
  scratch_.allowed_count.reset();
  masked_ = true;
}

template <std::floating_point S>
std::size_t Candidates<S>::size() const {
  return narrow_ ? scratch_.survivors.size() : masked_ ? count_allowed() : vocabulary();
}

template <std::floating_point S>
std::size_t Candidates<S>::count() {
  if (std::same_as<S, float> && !narrow_) return mark(0, scratch_.tiles.size(), kLowestKey);
  std::size_t count = 0;
  if (status() == Status::ok) for_each_value(kLowestKey, [&](Token, S) { ++count; });
  return count;
}

/// How many tokens a mask has left.
template <std::floating_point S>
std::size_t Candidates<S>::count_allowed() const {
  if (scratch_.allowed_count) return *scratch_.allowed_count;
  std::size_t count = 0;
  for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) {
    const std::size_t rest = vocabulary() - tile * math::kTile;
    const std::uint64_t bits = ~std::uint64_t{0} >> (rest < math::kTile ? math::kTile - rest : 0);
    count += static_cast<std::size_t>(std::popcount(scratch_.allowed[tile] & bits));
  }
  scratch_.allowed_count = count;
  return count;
}

/// Of float rows, marks in scratch_.marks, for some tiles, the tokens of the set that have a key >=
/// bound; returns how many.
template <std::floating_point S>
std::size_t Candidates<S>::mark(std::size_t tile, std::size_t count, Key bound) {
  std::size_t marked = 0;
  if constexpr (std::same_as<S, float>) {
    std::uint64_t* const marks = scratch_.marks.data();
    const std::uint64_t* const allowed = masked_ ? &scratch_.allowed[tile] : nullptr;
    const std::size_t begin = tile * math::kTile;
    const std::size_t size = std::min(count * math::kTile, vocabulary() - begin);
    marked = row_.visit([&]<class Scalar>(const Scalar* data) {
      const auto& kernels = math::kernels().rows<Scalar>();
      return kernels.mark(data + begin, size, allowed, bound, marks + tile);
    });
    for (; count > 0 && !scratch_.edits.empty(); ++tile, --count) {
      if (scratch_.edited[tile] == 0) continue;
      S values[math::kTile];
      const std::size_t n = tile_values(tile, values);
      marked -= static_cast<std::size_t>(std::popcount(marks[tile]));
      marked += math::kernels().of_float.mark(values, n, nullptr, bound, marks + tile);
    }
  }
  return marked;
}

/// Narrows to the keys above the boundary and the first of its equals by a mask, if that leaves
/// much of the row, and `at_least` so many; whether it has. So many `tiles` reach the boundary.
template <std::floating_point S>
bool Candidates<S>::narrow_by_mask(const Boundary& last, std::size_t at_least, std::size_t tiles) {
  const std::size_t count = scratch_.tiles.size();
  if (narrow_ || !std::same_as<S, float> || count <= kFewTiles) return false;
  if (4 * tiles < count) return false;
  const std::size_t kept = mark(0, count, last.key) - (last.equals - last.kept);
  if (16 * kept < vocabulary() || kept < at_least) return false;
  if (kept == vocabulary()) return true;  // and nothing is left out
  std::size_t room = last.kept;           // for equals of the boundary
  for (std::size_t tile = 0; last.kept < last.equals && tile < count; ++tile) {
    const std::uint64_t reached = scratch_.marks[tile];
    std::uint64_t above = 0;
    if (scratch_.tiles[tile] > last.key) {
      mark(tile, 1, last.key + 1);
      above = scratch_.marks[tile];
    }
    std::uint64_t spare = reached & ~above;
    const auto equals = static_cast<std::size_t>(std::popcount(spare));
    std::size_t fit = std::min(room, equals);
    room -= fit;
    if (fit == equals) fit = spare = 0;
    for (; fit > 0; --fit) spare &= spare - 1;
    scratch_.marks[tile] = reached & ~spare;
  }
  allow_marked();
  scratch_.allowed_count = kept;
  for (std::size_t tile = 0; tile < count; ++tile) {
    if (scratch_.allowed[tile] == 0) scratch_.tiles[tile] = kBannedKey;
  }
  deviation_.reset();
  forget_weights();
  return true;
}

}  // namespace logitkit::inline LOGITKIT_ABI
