// SPDX-License-Identifier: MIT
// How Candidates narrows: from tiles that can hold survivors to a list of them.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <numeric>  // std::midpoint

namespace logitkit::inline LOGITKIT_ABI {

/// A key that at least k values reach, where the tiles show one: the k-th largest tile maximum.
template <std::floating_point S>
auto Candidates<S>::tile_bound(std::size_t k) -> Key {
  if (narrow_ || k == 0) return kBannedKey;
  refresh_tiles();
  const auto& tiles = scratch_.tiles;
  if (k > tiles.size()) return kBannedKey;
  auto& keys = scratch_.tile_copy;
  if constexpr (std::same_as<S, float>) {
    // First a lower bound by the maxima of groups, then exactly among the tiles that reach it.
    const math::Kernels& kernels = math::kernels();
    const std::size_t groups = kernels.group_maxima(tiles.data(), tiles.size(), keys.data());
    if (k <= groups) {
      const Key bound = math::kth_largest(std::span(keys).first(groups), k);
      auto& list = scratch_.tile_list;
      const std::size_t count =
          kernels.find_at_least(tiles.data(), tiles.size(), bound, list.data());
      for (std::size_t i = 0; i < count; ++i) keys[i] = tiles[list[i]];
      return math::kth_largest(std::span(keys).first(count), k);
    }
  }
  std::copy(tiles.begin(), tiles.end(), keys.begin());
  return math::kth_largest(std::span(keys).first(tiles.size()), k);
}

/// Writes the entries of an unedited tile that reach the bound; returns how many.
template <std::floating_point S>
std::size_t Candidates<S>::collect_tile(std::size_t tile, Key bound, Survivor* out) const {
  const std::size_t begin = tile * math::kTile, size = std::min(math::kTile, vocabulary() - begin);
  return row_.visit([&]<class Scalar>(const Scalar* data) {
    const auto first = static_cast<Token>(begin);
    if constexpr (std::same_as<Scalar, float>) {
      return math::kernels().collect(data + begin, size, bound, first, out);
    } else {
      float floats[math::kTile];
      math::kernels().rows<Scalar>().widen(data + begin, size, floats);
      return math::kernels().collect(floats, size, bound, first, out);
    }
  });
}

/// The tokens with a key >= bound that are not banned, ascending, to scratch_.picked.
template <std::floating_point S>
void Candidates<S>::pick_at_least(Key bound) {
  bound = std::max(bound, static_cast<Key>(kBannedKey + 1));
  auto& list = scratch_.picked;
  list.clear();
  if (!narrow_) refresh_tiles();
  if constexpr (std::same_as<S, float>) {
    if (!narrow_) {
      auto& tiles = scratch_.tile_list;
      const std::size_t count = math::kernels().find_at_least(
          scratch_.tiles.data(), scratch_.tiles.size(), bound, tiles.data());
      list.resize(std::min(count * math::kTile, vocabulary() + math::kTile));
      std::size_t size = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t tile = tiles[i];
        if (scratch_.edited[tile] == 0) {
          size += collect_tile(tile, bound, list.data() + size);
          continue;
        }
        for (const Survivor& entry : tile_entries(tile)) {
          if (math::order_key(entry.score) >= bound) list[size++] = entry;
        }
      }
      list.resize(size);
      return;
    }
  }
  for_each_value(bound, [&](Token token, S value) { list.push_back({token, value}); });
}

template <std::floating_point S>
void Candidates<S>::narrow_to_picked() {
  scratch_.survivors.swap(scratch_.picked);
  narrow_ = true;
  forget_facts();
}

/// Keeps the tokens with a key >= at_least that are not banned and for which keep(token, value).
template <std::floating_point S>
template <class F>
void Candidates<S>::narrow_to(Key at_least, const F& keep) {
  if (!narrow_) refresh_tiles();
  auto& list = scratch_.picked;  // not the survivors themselves: `keep` may throw
  list.clear();
  for_each_value(at_least, [&](Token token, S value) {
    if (keep(token, value)) list.push_back({token, value});
  });
  narrow_to_picked();
}

/// Keeps `last` and what is better.
template <std::floating_point S>
void Candidates<S>::keep_up_to(Survivor last) {
  pick_at_least(math::order_key(last.score));
  std::erase_if(scratch_.picked, [last](const Survivor& entry) {
    return math::Better{}(last, entry);  // the equals of `last` that come after it
  });
  narrow_to_picked();
}

template <std::floating_point S>
void Candidates<S>::keep_top(std::size_t k) {
  if (k == 0) return narrow_to(kBannedKey, [](Token, S) { return false; });
  if (k >= size()) return;
  if (!narrow_) {
    pick_at_least(tile_bound(k));
    narrow_to_picked();
  }
  if (k >= size()) return;
  auto& list = scratch_.picked;
  list.assign(scratch_.survivors.begin(), scratch_.survivors.end());
  math::select_best(std::span(list), k);
  keep_up_to(list[k - 1]);
}

template <std::floating_point S>
void Candidates<S>::keep_mass(double p) {
  if (p >= 1 || status() != Status::ok) return;
  if constexpr (std::same_as<S, float>) {
    if (const auto last = boundary_by_sums(p)) return keep_up_to(*last);
  }
  keep_up_to(boundary(p));
}

/// The smallest key whose score reaches the threshold: searched for in the order of values, which
/// scores follow; an inverse of scale and shift would not always round to the right side.
template <std::floating_point S>
auto Candidates<S>::score_bound(double threshold) const -> Key {
  const auto reaches = [&](Key key) {
    const double value = math::widen(math::from_order_key<S>(key));
    const double score = scale_ == 1 && shift_ == 0 ? value : std::fma(value, scale_, shift_);
    return math::order_key(score) >= math::order_key(threshold);
  };
  Key below = kBannedKey, bound = math::order_key(kInfinity);
  while (below < bound) {
    const Key middle = std::midpoint(below, bound);
    if (reaches(middle)) {
      bound = middle;
    } else {
      below = middle + 1;
    }
  }
  return bound;
}

template <std::floating_point S>
void Candidates<S>::keep_above(double threshold) {
  if (math::is_nan(threshold)) return keep_top(0);
  pick_at_least(score_bound(threshold));
  narrow_to_picked();
}

template <std::floating_point S>
template <class F>
void Candidates<S>::keep_if(const F& f) {
  narrow_to(kBannedKey, [&](Token token, S value) {
    return static_cast<bool>(f(token, to_score(math::widen(value))));
  });
}

template <std::floating_point S>
void Candidates<S>::keep_only(std::span<const Token> tokens) {
  auto& list = scratch_.picked;
  list.clear();
  for (const Token token : tokens) {
    if (token < 0 || static_cast<std::size_t>(token) >= vocabulary()) {
      fail(Status::token_out_of_range);
      continue;
    }
    const Survivor* entry = narrow_ ? find(token) : nullptr;
    if (narrow_ && entry == nullptr) continue;
    list.push_back(narrow_ ? *entry : Survivor{token, value(static_cast<std::size_t>(token))});
  }
  std::sort(list.begin(), list.end(),
            [](const auto& a, const auto& b) { return a.token < b.token; });
  const auto end = std::unique(list.begin(), list.end(),
                               [](const auto& a, const auto& b) { return a.token == b.token; });
  list.erase(end, list.end());
  std::erase_if(list, [](const Survivor& e) { return math::order_key(e.score) <= kBannedKey; });
  narrow_to_picked();
}

template <std::floating_point S>
void Candidates<S>::mask(std::span<const std::uint32_t> words) {
  narrow_to(kBannedKey, [&](Token token, S) {
    const auto word = static_cast<std::size_t>(token) / 32;
    return word < words.size() && (words[word] >> (token % 32) & 1u) != 0;
  });
}

}  // namespace logitkit::inline LOGITKIT_ABI
