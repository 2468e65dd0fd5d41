// SPDX-License-Identifier: MIT
// How Candidates finds what reaches a bound: by the largest keys of tiles, then in those tiles.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// The upper 32 bits of each tile's largest key: of float rows, all there are.
template <std::floating_point S>
auto Candidates<S>::tile_tops() -> std::span<const std::int32_t> {
  refresh_tiles();
  const auto& tiles = scratch_.tiles;
  if constexpr (std::same_as<S, float>) {
    return tiles;
  } else {
    auto& tops = scratch_.tile_tops;
    math::kernels().of_double.key_tops(tiles.data(), tiles.size(), tops.data());
    return std::span(tops).first(tiles.size());
  }
}

/// The largest of these in groups of tiles, each of other tiles. Valid until the next call.
template <std::floating_point S>
auto Candidates<S>::group_tops() -> std::span<std::int32_t> {
  const std::span<const std::int32_t> tops = tile_tops();
  const std::size_t each = std::clamp<std::size_t>(tops.size() / 128, 1, 16);
  std::int32_t* const groups = scratch_.tile_copy.data();
  return {groups, math::kernels().group_maxima(tops.data(), tops.size(), each, groups)};
}

/// The largest key of all tiles, given the largest tops of groups.
template <std::floating_point S>
auto Candidates<S>::largest_in(std::span<const std::int32_t> groups) -> Key {
  std::int32_t top = math::top_of(kBannedKey);
  if (!groups.empty()) top = math::kernels().most(groups.data(), groups.size());
  Key largest = math::least_with_top<Key>(top);
  if constexpr (sizeof(Key) > 4) {
    for (const std::uint32_t tile : tiles_at_least(largest)) {
      largest = std::max(largest, scratch_.tiles[tile]);
    }
  }
  return largest;
}

/// The largest key; that of a banned token if nothing is left.
template <std::floating_point S>
auto Candidates<S>::largest_key() -> Key {
  if (largest_) return *largest_;
  Key largest = kBannedKey;
  if (narrow_) {
    for (const Survivor& entry : scratch_.survivors) {
      largest = std::max(largest, math::order_key(entry.value));
    }
  } else {
    largest = largest_in(group_tops());
  }
  largest_ = largest;
  return largest;
}

/// A key that at least k values reach, where the tiles show one: the k-th largest tile maximum, or
/// that of sixteen numbers where k is too large for tiles. `listed` may point to 0: where that
/// becomes more, so many tiles reach the key, and scratch_.tile_list begins with them.
template <std::floating_point S>
auto Candidates<S>::tile_bound(std::size_t k, std::size_t* listed) -> Key {
  if (narrow_ || k == 0 || k > vocabulary()) return kBannedKey;
  if (k == 1) return largest_key();
  const auto groups = group_tops();
  if (!largest_) largest_ = largest_in(groups);
  const std::span<const std::int32_t> tops = tile_tops();
  const std::int32_t lowest = math::top_of(kBannedKey), largest = math::top_of(*largest_);
  const std::span<std::int32_t> keys(scratch_.tile_copy);
  const math::Kernels& kernels = math::kernels();
  std::int32_t bound = lowest;
  // First a lower bound by the maxima of groups, then exactly among the tiles that reach it.
  if (2 * k <= groups.size()) {
    bound = math::rank_bound(groups, k, {.high = largest});
    if (bound < largest) {
      auto& list = scratch_.tile_list;
      const std::size_t count =
          kernels.find_at_least(tops.data(), tops.size(), bound, tops.size(), list.data());
      for (std::size_t i = 0; i < count; ++i) keys[i] = tops[list[i]];
      bound = math::rank_bound(keys.first(count), k, {bound, largest});
      for (std::size_t i = 0; listed != nullptr && bound < largest && i < count; ++i) {
        const std::uint32_t tile = list[i];
        list[*listed] = tile;
        *listed += tops[tile] >= bound;
      }
    }
  } else if (std::same_as<S, float> && 16 * k > 15 * tops.size()) {
    const std::size_t sixteens = (vocabulary() + 15) / 16;
    if (k > sixteens) return kBannedKey;
    if constexpr (std::same_as<S, float>) {
      for_each_stretch([&](const float* numbers, std::size_t size, std::size_t first) {
        kernels.sixteen_maxima(numbers, size, &keys[first / 16]);
      });
    }
    bound = math::rank_bound(keys.first(sixteens), k, {lowest, largest});
  } else if (k <= tops.size()) {
    std::copy(tops.begin(), tops.end(), keys.begin());
    bound = math::rank_bound(keys.first(tops.size()), k, {lowest, largest});
  }
  return math::least_with_top<Key>(bound);
}

/// A key that at least k values should reach, and not many more; no more than a guess.
template <std::floating_point S>
auto Candidates<S>::likely_bound(std::size_t k, std::size_t* listed) -> Key {
  const std::size_t tiles = math::likely_tiles(k, scratch_.tiles.size());
  const Key bound = tile_bound(tiles, listed);
  if (narrow_ || tiles <= 2 * kFewTiles || bound == *largest_) return bound;
  // Where the best lie close together, fewer tiles will do: by the first that reach the bound.
  *listed = 0;
  const auto some = tiles_at_least(bound, math::kBlockTiles);
  scratch_.found.resize((some.size() + 1) * math::kTile);
  const std::size_t found = collect(some, bound, scratch_.found.data());
  if (found == 0 || found * tiles < 4 * k * some.size()) return bound;  // 0: there is a NaN
  return tile_bound(1 + 5 * k * some.size() / (4 * found), listed);
}

/// Writes an entry for each value of the listed tiles that reaches the bound; returns how many.
template <std::floating_point S>
std::size_t Candidates<S>::collect(std::span<const std::uint32_t> tiles, Key bound, Survivor* out) {
  Survivor* const begin = out;
  const auto edited = [&](std::uint32_t tile) { return scratch_.edited[tile] != 0; };
  while (!tiles.empty()) {
    std::size_t same = 0;  // tiles without an edit, which kernels read from the row
    if (scratch_.edits.empty()) same = tiles.size();
    while (same < tiles.size() && !edited(tiles[same])) ++same;
    if (same > 0) {
      out += row_.visit([&]<class Scalar>(const Scalar* data) {
        const std::uint64_t* const allowed = masked_ ? scratch_.allowed.data() : nullptr;
        return math::kernels().rows<Scalar>().collect(data, vocabulary(), allowed, tiles.data(),
                                                      same, bound, out);
      });
    } else {
      same = 1;
      S values[math::kTile];
      const std::size_t size = tile_values(tiles[0], values);
      const std::uint32_t first = 0;
      const Survivor* const end =
          out + math::kernels().rows<S>().collect(values, size, nullptr, &first, 1, bound, out);
      for (; out != end; ++out) out->token += static_cast<Token>(tiles[0] * math::kTile);
    }
    tiles = tiles.subspan(same);
  }
  return static_cast<std::size_t>(out - begin);
}

/// The tiles that hold a key >= bound; `enough` of them, where the others do not matter. Valid
/// until the next call.
template <std::floating_point S>
auto Candidates<S>::tiles_at_least(Key bound, std::size_t enough)
    -> std::span<const std::uint32_t> {
  const std::span<const std::int32_t> tops = tile_tops();
  auto& list = scratch_.tile_list;
  if (sizeof(Key) > 4) enough = kAll;
  std::size_t count = math::kernels().find_at_least(tops.data(), tops.size(), math::top_of(bound),
                                                    enough, list.data());
  if constexpr (sizeof(Key) > 4) {  // of equal tops, those that reach the whole bound
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
      list[kept] = list[i];
      kept += scratch_.tiles[list[i]] >= bound;
    }
    count = kept;
  }
  return std::span(list).first(count);
}

/// Of a list, writes the entries with a key >= bound to `out`; returns how many.
template <std::floating_point S>
std::size_t Candidates<S>::keep_at_least(std::span<const Survivor> list, Key bound, Survivor* out) {
  if constexpr (std::same_as<S, float>) {
    return math::kernels().keep_at_least(list.data(), list.size(), bound, out);
  } else {
    std::size_t kept = 0;
    for (const Survivor entry : list) {
      out[kept] = entry;
      kept += math::order_key(entry.value) >= bound;
    }
    return kept;
  }
}

/// The tokens with a key >= bound that are not banned, ascending, to `list`; among them the k best,
/// where k is given: some tokens that equal the bound and come after these may then be missing.
/// `listed` is what tile_bound says of these tiles.
template <std::floating_point S>
void Candidates<S>::pick_at_least(Key bound, auto& list, std::size_t k, std::size_t listed) {
  bound = std::max(bound, kLowestKey);
  if (narrow_) {
    list.resize(scratch_.survivors.size() + detail::kSlack);
    return list.resize(keep_at_least(scratch_.survivors, bound, list.data()));
  }
  const bool equal = bound == largest_;
  auto tiles = listed > 0 ? std::span<const std::uint32_t>(scratch_.tile_list).first(listed)
                          : tiles_at_least(bound, equal ? k : kAll);
  if (k < tiles.size()) {  // the first k hold k tokens that come before a later tile's equals
    std::uint32_t* end = scratch_.tile_list.data() + k;
    for (const std::uint32_t tile : tiles.subspan(k)) {
      *end = tile;
      end += scratch_.tiles[tile] > bound;
    }
    tiles = tiles.first(static_cast<std::size_t>(end - tiles.data()));
  }
  list.resize(std::min(tiles.size() * math::kTile, vocabulary()) + detail::kSlack);
  std::size_t count = 0;
  while (!tiles.empty() && !(equal && count >= k)) {
    const std::size_t some = equal ? std::min(tiles.size(), math::kBlockTiles) : tiles.size();
    count += collect(tiles.first(some), bound, list.data() + count);
    tiles = tiles.subspan(some);
  }
  list.resize(count);
}

}  // namespace logitkit::inline LOGITKIT_ABI
