// SPDX-License-Identifier: MIT
// How Candidates narrows: to what is picked, and what is kept of it.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <numeric>  // std::midpoint

namespace logitkit::inline LOGITKIT_ABI {

/// Makes the set what is picked.
template <std::floating_point S>
void Candidates<S>::narrow_to_picked() {
  if (!scanned_) scan();  // what is dropped unseen may have been NaN
  scratch_.survivors.swap(scratch_.picked);
  narrow_ = true;
  rest_ = -kInfinity;
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
void Candidates<S>::narrow_to(Key at_least, const auto& keep) {
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
  const Key bound = std::max(last.key, kLowestKey);
  const std::size_t listed = narrow_ ? 0 : tiles_at_least(bound).size();
  if (narrow_by_mask(last, at_least, listed)) return;
  pick_at_least(last.key, scratch_.picked, kAll, listed);
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
    kept += math::order_key(entry.value) != last.key || equals++ < last.kept;
  }
  list.resize(kept);
}

template <std::floating_point S>
void Candidates<S>::keep_top(std::size_t k, bool equals) {
  if (k == 0) return narrow_to(kBannedKey, [](Token, S) { return false; });
  if (k < vocabulary()) rest_ = -kInfinity;
  if (k >= (narrow_ ? size() : vocabulary())) return;
  auto& list = scratch_.picked;
  const std::size_t wanted = equals ? kAll : k;
  std::size_t listed = 0;
  Key bound = likely_bound(k, &listed);
  pick_at_least(bound, list, wanted, listed);
  if (list.size() < k) pick_at_least(bound = tile_bound(k), list, wanted);
  if (k < list.size()) {
    const Key most = largest_key();
    const auto keys = [&] {
      auto& all = scratch_.weighed.keys;
      all.resize(list.size() + 16);
      if constexpr (std::same_as<S, float>) {
        math::kernels().keys(list.data(), list.size(), all.data());
      } else {
        std::transform(list.begin(), list.end(), all.begin(),
                       [](const Survivor& entry) { return math::order_key(entry.value); });
      }
      return std::span(all.data(), list.size());
    };
    const Key last = math::rank_bound(keys(), k, {bound, most});
    list.resize(keep_at_least(list, last, list.data()));
    if (k < list.size() && !equals) {
      const std::size_t above = math::count_at_least<Key>(keys(), last + 1);
      drop_equals({last, k - above, list.size() - above});
    }
  }
  narrow_to_best();
}

template <std::floating_point S>
void Candidates<S>::keep_mass(double p, std::size_t at_least) {
  if (p >= 1 || status() != Status::ok) return;
  p = p > 0 ? p : std::numeric_limits<double>::min();                  // the best alone
  if (const double rest = log_rest(); rest > 0) p *= math::exp(rest);  // of the set alone
  if (p >= 1) {  // all of it, and no more than that
    rest_ = -kInfinity;
    return;
  }
  keep_up_to(Nucleus{*this}.boundary(p), at_least);
}

/// The smallest key whose score reaches the threshold: searched for in the order of values, which
/// scores follow; an inverse of scale and shift would not always round to the right side.
template <std::floating_point S>
auto Candidates<S>::score_bound(double threshold) const -> Key {
  const auto reaches = [&](Key key) {
    const double value = math::widen(math::from_order_key<S>(key));
    return math::order_key(to_score(value)) >= math::order_key(threshold);
  };
  Key below = kBannedKey, bound = math::order_key(kInfinity);
  // The inverse is nearly right: a few keys about it are looked at first.
  const Key guess = math::order_key(math::narrow<S>(to_value(threshold)));
  constexpr Key kFew = 4;
  if (guess - kFew > below && guess + kFew < bound) {
    if (reaches(guess + kFew)) bound = guess + kFew;
    if (!reaches(guess - kFew)) below = guess - kFew + 1;
  }
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
  keep_up_to({score_bound(threshold), 0, 0}, 0);
}

template <std::floating_point S>
void Candidates<S>::keep_if(const auto& f) {
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
    return math::order_key(entry.value) <= kBannedKey;
  });
  list.resize(static_cast<std::size_t>(end - list.begin()));
  narrow_to_picked();
}

}  // namespace logitkit::inline LOGITKIT_ABI
