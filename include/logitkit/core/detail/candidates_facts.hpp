// SPDX-License-Identifier: MIT
// What Candidates knows of its scores: the best, their mass, their order.
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

template <std::floating_point S>
auto Candidates<S>::peak() -> Survivor {
  if (peak_) return *peak_;
  Survivor best{kNoToken, -kInfinity};
  if (const Key largest = largest_key(); largest > kBannedKey) {
    best = narrow_ ? *std::find_if(scratch_.survivors.begin(), scratch_.survivors.end(),
                                   [=](const Survivor& entry) {
                                     return math::order_key(entry.score) == largest;
                                   })
                   : first_at_least(largest);
  }
  peak_ = best;
  return best;
}

template <std::floating_point S>
double Candidates<S>::log_sum_exp() {
  return status() == Status::ok ? maximum() + log_mass() : maximum();
}

template <std::floating_point S>
double Candidates<S>::log_probability(Token token) {
  const Key key = held(token);
  if (key == kBannedKey || status() != Status::ok) return -kInfinity;
  // By the distance from the best, which keeps the digits that scale and shift would cancel.
  const double own = math::widen(math::from_order_key<S>(key));
  return std::fma(own - math::widen(peak().score), scale_, -log_mass());
}

template <std::floating_point S>
std::size_t Candidates<S>::rank(Token token) {
  const Key key = held(token);
  if (key == kBannedKey || status() != Status::ok) return 0;
  pick_at_least(static_cast<Key>(key + 1), scratch_.found);
  return 1 + scratch_.found.size();
}

template <std::floating_point S>
double Candidates<S>::entropy() {
  if (status() != Status::ok) return 0;
  // H = ln(sum of w) + (sum of w d) / (sum of w), where w = 2^-d.
  const double best = math::widen(peak().score), per_octave = scale_ * math::kLog2E;
  math::Mass sum, moment;  // moment: weights in 2^-62 times octaves in 2^-57, over 2^64
  for_each_value(kBannedKey, [&](Token, S value) {
    const math::Octaves d = math::to_octaves((best - math::widen(value)) * per_octave);
    const std::uint64_t weight = math::weight(d);
    sum += weight;
    moment += math::multiply_high(weight, d);
  });
  const double mean = moment.to_double() / sum.to_double() / math::kLog2E * 0x1p7;
  return math::log(sum.to_double() * 0x1p-62) + mean;
}

template <std::floating_point S>
std::span<const Candidate> Candidates<S>::sorted(std::size_t n, double at_least) {
  auto& list = scratch_.sorted;  // and no other: a function given to `keep_if` may ask
  list.clear();
  if (n == 0 || math::is_nan(at_least)) return {};
  Key bound = tile_bound(n);
  if (at_least > -std::numeric_limits<double>::infinity()) {
    bound = std::max(bound, score_bound(at_least));
  }
  auto& found = scratch_.found;
  pick_at_least(bound, found);
  if (n < found.size()) {
    math::select_best(std::span(found), n);
    found.resize(n);
  }
  std::sort(found.begin(), found.end(), math::Better{});
  for (const auto& [token, value] : found) list.push_back({token, math::widen(value)});
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

}  // namespace logitkit::inline LOGITKIT_ABI
