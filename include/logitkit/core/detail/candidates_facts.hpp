// SPDX-License-Identifier: MIT
// What Candidates knows of its scores: the best, their mass, their order; and a draw.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Calls f(token, value) for the tokens that are not banned and have a key >= at_least, ascending.
/// Before narrowing, tiles whose maximum is smaller are skipped: `refresh_tiles` first.
template <std::floating_point S>
template <class F>
void Candidates<S>::for_each_value(Key at_least, const F& f) const {
  const Key floor = std::max(at_least, static_cast<Key>(kBannedKey + 1));
  if (narrow_) {
    for (const auto& [token, value] : scratch_.survivors) {
      if (math::order_key(value) >= floor) f(token, value);
    }
    return;
  }
  for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) {
    if (scratch_.tiles[tile] < floor) continue;
    const std::size_t end = std::min((tile + 1) * math::kTile, vocabulary());
    for (std::size_t i = tile * math::kTile; i < end; ++i) {
      const S v = value(i);
      if (math::order_key(v) >= floor) f(static_cast<Token>(i), v);
    }
  }
}

/// A key that at least k values reach, where the tiles show one: the k-th largest tile maximum.
template <std::floating_point S>
auto Candidates<S>::tile_bound(std::size_t k) -> Key {
  if (narrow_ || k == 0) return kBannedKey;
  refresh_tiles();
  if (k > scratch_.tiles.size()) return kBannedKey;
  auto& keys = scratch_.tile_copy;
  keys.assign(scratch_.tiles.begin(), scratch_.tiles.end());
  return math::kth_largest(std::span(keys), k);
}

template <std::floating_point S>
auto Candidates<S>::peak() -> Survivor {
  if (peak_) return *peak_;
  Survivor best{kNoToken, -kInfinity};
  if (narrow_) {
    for (const auto& entry : scratch_.survivors) {
      if (math::order_key(entry.score) > math::order_key(best.score)) best = entry;
    }
  } else {
    refresh_tiles();
    const auto tile = std::max_element(scratch_.tiles.begin(), scratch_.tiles.end());
    if (tile != scratch_.tiles.end() && *tile > kBannedKey) {
      auto at = static_cast<std::size_t>(tile - scratch_.tiles.begin()) * math::kTile;
      const std::size_t end = std::min(at + math::kTile, vocabulary());
      while (at + 1 < end && math::order_key(value(at)) != *tile) ++at;
      best = {static_cast<Token>(at), value(at)};
    }
  }
  peak_ = best;
  return best;
}

/// How far a value is below the best one, as a function object with the best at hand.
template <std::floating_point S>
auto Candidates<S>::distance() {
  return [best = math::widen(peak().score), per_octave = per_octave_](S value) {
    return math::to_octaves((best - math::widen(value)) * per_octave);
  };
}

template <std::floating_point S>
math::Mass Candidates<S>::mass() {
  if (mass_) return *mass_;
  math::Mass total;
  if (status() == Status::ok) {
    const auto octaves = distance();
    if (!narrow_) std::fill_n(scratch_.tile_masses.begin(), scratch_.tiles.size(), math::Mass{});
    for_each_value(kBannedKey, [&](Token token, S value) {
      const std::uint64_t weight = math::weight(octaves(value));
      total += weight;
      if (!narrow_) scratch_.tile_masses[static_cast<std::size_t>(token) / math::kTile] += weight;
    });
  }
  mass_ = total;
  return total;
}

template <std::floating_point S>
double Candidates<S>::log_probability(Token token) {
  const Key key = held(token);
  if (key == kBannedKey || status() != Status::ok) return -kInfinity;
  // By the distance from the best, which keeps the digits that scale and shift would cancel.
  const double own = math::widen(math::from_order_key<S>(key));
  return std::fma(own - math::widen(peak().score), scale_,
                  -math::log(mass().to_double() * 0x1p-62));
}

template <std::floating_point S>
double Candidates<S>::entropy() {
  if (status() != Status::ok) return 0;
  const double total = mass().to_double();
  const auto octaves = distance();
  math::Mass moment;  // of the distance: weights in 2^-62 times octaves in 2^-57, over 2^64
  for_each_value(kBannedKey, [&](Token, S value) {
    const math::Octaves d = octaves(value);
    moment += math::multiply_high(math::weight(d), d);
  });
  return math::log(total * 0x1p-62) + moment.to_double() / total / math::kLog2E * 0x1p7;
}

template <std::floating_point S>
std::span<const Candidate> Candidates<S>::sorted(std::size_t n) {
  auto& list = scratch_.sorted;  // and no other: a function given to `keep_if` may ask
  list.clear();
  if (n == 0) return {};
  if (!narrow_) refresh_tiles();
  for_each_value(tile_bound(n),
                 [&](Token token, S value) { list.push_back({token, math::widen(value)}); });
  n = std::min(n, list.size());
  if (n < list.size()) math::select_best(std::span(list), n);
  std::sort(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(n), math::Better{});
  list.resize(n);
  Candidate last{kNoToken, std::numeric_limits<double>::infinity()};
  double last_value = last.score;
  for (Candidate& entry : list) {
    const double value = std::exchange(entry.score, to_score(entry.score));
    if (value == last_value) {
      entry.score = last.score;
    } else if (entry.score >= last.score) {
      entry.score = std::nextafter(last.score, -std::numeric_limits<double>::infinity());
    }
    last = entry, last_value = value;
  }
  return list;
}

template <std::floating_point S>
Token Candidates<S>::draw(double u) {
  if (status() != Status::ok) return kNoToken;
  u = u > 0 ? std::min(u, 1 - 0x1p-53) : 0;  // NaN, too, becomes 0
  const math::Mass target = math::fraction_of(mass(), u);
  const auto octaves = distance();
  math::Mass cumulative;
  const auto passes = [&](const auto& share) {  // whether adding it takes the sum past the target
    math::Mass sum = cumulative;
    sum += share;
    if (sum > target) return true;
    cumulative = sum;
    return false;
  };
  if (narrow_) {
    for (const auto& [token, value] : scratch_.survivors) {
      if (passes(math::weight(octaves(value)))) return token;
    }
    return kNoToken;
  }
  std::size_t tile = 0;
  while (!passes(scratch_.tile_masses[tile])) ++tile;
  std::size_t i = tile * math::kTile;
  while (!passes(math::weight(octaves(value(i))))) ++i;
  return static_cast<Token>(i);
}

}  // namespace logitkit::inline LOGITKIT_ABI
