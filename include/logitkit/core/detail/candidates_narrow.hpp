// SPDX-License-Identifier: MIT
// How Candidates narrows: to what is picked, and what is kept of it.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <numeric>  // std::midpoint

namespace logitkit::inline LOGITKIT_ABI {

template <std::floating_point S>
void Candidates<S>::narrow_to_picked() {
  if (!scanned_) scan();  // what is dropped unseen may have been NaN
  scratch_.survivors.swap(scratch_.picked);
  narrow_ = true;
  forget_facts();
}

/// The same, where all that are picked are better than all that are not: the best is still the
/// best.
template <std::floating_point S>
void Candidates<S>::narrow_to_best() {
  const auto peak = scratch_.picked.empty() ? std::nullopt : peak_;
  const auto largest = scratch_.picked.empty() ? std::nullopt : largest_;
  narrow_to_picked();
  peak_ = peak;
  largest_ = largest;
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

/// Keeps the keys above the boundary, and the first of its equals; more of the best if these are
/// fewer than `at_least`.
template <std::floating_point S>
void Candidates<S>::keep_up_to(const Boundary& last, std::size_t at_least) {
  pick_at_least(last.key, scratch_.picked);
  drop_equals(last);
  if (scratch_.picked.size() < at_least) return keep_top(at_least);
  narrow_to_best();
}

/// Of what is picked, drops the equals of the boundary beyond those that are kept.
template <std::floating_point S>
void Candidates<S>::drop_equals(const Boundary& last) {
  if (last.kept == last.equals) return;
  auto& list = scratch_.picked;
  std::size_t kept = 0, equals = 0;
  for (const Survivor entry : list) {
    list[kept] = entry;
    kept += math::order_key(entry.score) != last.key || equals++ < last.kept;
  }
  list.resize(kept);
}

template <std::floating_point S>
void Candidates<S>::keep_top(std::size_t k, bool equals) {
  if (k == 0) return narrow_to(kBannedKey, [](Token, S) { return false; });
  if (k >= (narrow_ ? size() : vocabulary())) return;
  auto& list = scratch_.picked;
  const Key bound = tile_bound(k);
  pick_at_least(bound, list);
  if (k < list.size()) {
    const Key most = largest_key();
    auto& keys = scratch_.weighed.keys;
    keys.resize(list.size() + 16);
    if constexpr (std::same_as<S, float>) {
      math::kernels().keys(list.data(), list.size(), keys.data());
    } else {
      std::transform(list.begin(), list.end(), keys.begin(),
                     [](const Survivor& entry) { return math::order_key(entry.score); });
    }
    const std::span<Key> all(keys.data(), list.size());
    const Key last = math::rank_bound(all, k, {bound, most});
    const std::size_t above = math::count_at_least<Key>(all, last + 1);
    const std::size_t reached = math::count_at_least<Key>(all, last);
    list.resize(keep_at_least(list, last, list.data()));
    if (!equals) drop_equals({last, k - above, reached - above});
  }
  narrow_to_best();
}

template <std::floating_point S>
void Candidates<S>::keep_mass(double p, std::size_t at_least) {
  if (p >= 1 || status() != Status::ok) return;
  keep_up_to(boundary(p), at_least);
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
  pick_at_least(score_bound(threshold), scratch_.picked);
  narrow_to_best();
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
  auto end = std::unique(list.begin(), list.end(),
                         [](const auto& a, const auto& b) { return a.token == b.token; });
  end = std::remove_if(list.begin(), end, [](const Survivor& entry) {
    return math::order_key(entry.score) <= kBannedKey;
  });
  list.resize(static_cast<std::size_t>(end - list.begin()));
  narrow_to_picked();
}

template <std::floating_point S>
void Candidates<S>::mask(std::span<const std::uint32_t> words) {
  if (narrow_) {
    return narrow_to(kBannedKey, [&](Token token, S) {
      const auto word = static_cast<std::size_t>(token) / 32;
      return word < words.size() && (words[word] >> (token % 32) & 1u) != 0;
    });
  }
  // Before narrowing the mask is kept, to be applied wherever the row is read.
  const std::size_t tiles = scratch_.tiles.size(), whole = std::min(words.size() / 2, tiles);
  std::uint64_t* const allowed = scratch_.allowed.data();
  const auto merge = [&](std::size_t tile, std::uint64_t bits) {
    allowed[tile] = masked_ ? allowed[tile] & bits : bits;
  };
  for (std::size_t tile = 0; tile < whole; ++tile) {
    merge(tile, words[2 * tile] | std::uint64_t{words[2 * tile + 1]} << 32);
  }
  for (std::size_t tile = whole; tile < tiles; ++tile) {
    merge(tile, 2 * tile < words.size() ? words[2 * tile] : 0);
  }
  masked_ = true;
  scanned_ = false;
  scratch_.stale.clear();
  forget_facts();
}

}  // namespace logitkit::inline LOGITKIT_ABI
