// SPDX-License-Identifier: MIT
// How Candidates narrows: from tiles that can hold survivors to a list of them.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <numeric>  // std::midpoint

namespace logitkit::inline LOGITKIT_ABI {

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
  scratch_.survivors.swap(list);
  narrow_ = true;
  forget_facts();
}

/// Keeps `last` and what is better.
template <std::floating_point S>
void Candidates<S>::keep_up_to(Survivor last) {
  narrow_to(math::order_key(last.score),
            [&](Token token, S value) { return !math::Better{}(last, Survivor{token, value}); });
}

template <std::floating_point S>
void Candidates<S>::keep_top(std::size_t k) {
  if (k == 0) return narrow_to(kBannedKey, [](Token, S) { return false; });
  if (k >= size()) return;
  if (!narrow_) narrow_to(tile_bound(k), [](Token, S) { return true; });
  if (k >= size()) return;
  auto& list = scratch_.picked;
  list.assign(scratch_.survivors.begin(), scratch_.survivors.end());
  math::select_best(std::span(list), k);
  keep_up_to(list[k - 1]);
}

template <std::floating_point S>
void Candidates<S>::keep_mass(double p) {
  if (p >= 1 || status() != Status::ok) return;
  const auto octaves = distance();
  math::MassHistogram histogram;
  math::Mass total;
  for_each_value(kBannedKey, [&](Token, S value) {
    const math::Octaves d = octaves(value);
    const std::uint64_t weight = math::weight(d);
    histogram.add(d, weight);
    total += weight;
  });
  const double target = p * total.to_double();
  const auto boundary = histogram.boundary(target);
  auto& list = scratch_.picked;
  list.clear();
  for_each_value(kBannedKey, [&](Token token, S value) {
    if (histogram.bucket(octaves(value)) == boundary.bucket) list.push_back({token, value});
  });
  const auto weigh = [&](const Survivor& entry) { return math::weight(octaves(entry.score)); };
  keep_up_to(math::select_by_mass(std::span(list), boundary.before, target, weigh));
}

template <std::floating_point S>
void Candidates<S>::keep_above(double threshold) {
  if (math::is_nan(threshold)) return keep_top(0);
  // The smallest value whose score reaches the threshold, searched for in the order of values:
  // scores follow it, and an inverse of scale and shift would not always round to the right side.
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
  narrow_to(bound, [](Token, S) { return true; });
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
  scratch_.survivors.assign(list.begin(), end);
  narrow_ = true;
  narrow_to(kBannedKey, [](Token, S) { return true; });
}

template <std::floating_point S>
void Candidates<S>::mask(std::span<const std::uint32_t> words) {
  narrow_to(kBannedKey, [&](Token token, S) {
    const auto word = static_cast<std::size_t>(token) / 32;
    return word < words.size() && (words[word] >> (token % 32) & 1u) != 0;
  });
}

}  // namespace logitkit::inline LOGITKIT_ABI
