// SPDX-License-Identifier: MIT
// Where a nucleus ends: the last token before which the mass is below a part of all.
//
// Without a sort. The best few tiles are looked at first; for a peaked row they hold the nucleus.
// For a flat one, a sample of tiles tells between which values it ends, nearly; one exact pass adds
// up the row and what lies above that stretch, and lists what lies within; the end is found there.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// The last key that is kept, and how many of its equals.
template <std::floating_point S>
struct Candidates<S>::Boundary {
  Key key;
  std::size_t kept, equals;
};

/// The mass that the tokens before the boundary stay below, known to lie in [low, high].
template <std::floating_point S>
struct Candidates<S>::Target {
  double low, high;
};

/// A stretch of values in which the boundary should be; nothing if the row is not a wide one.
template <std::floating_point S>
struct Candidates<S>::Stretch {
  float low, high;
};

/// The boundary among what is picked, ahead of which there is the mass `before`. None if the mass
/// of all that does not reach the target, or if the answer depends on where the target lies.
template <std::floating_point S>
auto Candidates<S>::boundary_in_picked(math::Mass before, const Target& target)
    -> std::optional<Boundary> {
  math::Mass sum = weigh(scratch_.picked);
  sum += before;
  if (scratch_.picked.empty() || sum.to_double() < target.high) return std::nullopt;
  auto& [keys, weights] = scratch_.weighed;
  const std::span<Key> all(keys.data(), scratch_.picked.size());
  const auto reached =
      math::reach(all, weights.data(), before, target.low, {kBannedKey, largest_key()});
  math::Mass mass = reached.before;
  mass += reached.weight;
  std::size_t kept = 1;
  for (; kept < reached.equals && mass.to_double() < target.low; ++kept) mass += reached.weight;
  if (mass.to_double() < target.high) return std::nullopt;
  return Boundary{reached.key, kept, reached.equals};
}

/// The boundary of the part p.
template <std::floating_point S>
auto Candidates<S>::boundary(double p) -> Boundary {
  if (!narrow_ && weighs_fast()) {
    if constexpr (std::same_as<S, float>) return boundary_of_row(p);
  }
  const double target = p * total().to_double();
  if (!narrow_) {
    pick_at_least(tile_bound(kFewTiles), scratch_.picked);
    if (const auto found = boundary_in_picked({}, {target, target})) return *found;
  }
  pick_at_least(kBannedKey, scratch_.picked);
  return *boundary_in_picked({}, {target, target});
}

template <std::floating_point S>
auto Candidates<S>::boundary_of_row(double p) -> Boundary {
  const Key few = tile_bound(kFewTiles);
  pick_at_least(few, scratch_.picked);
  auto stretch = guess_stretch(p, few, weigh(scratch_.picked).to_double() * 0x1p-56);
  if (!stretch) {
    if (!total_) {
      const double all = sum_tiles_quickly();
      const double slack = all * math::Weighing::slack(double(vocabulary()), all);
      const Target target{(p * all - slack) * 0x1p56, (p * all + slack) * 0x1p56};
      if (const auto found = boundary_in_picked({}, target)) return *found;
    }
    const double target = p * total().to_double();
    if (const auto found = boundary_in_picked({}, {target, target})) return *found;
    stretch = Stretch{-kInfinity, math::from_order_key<S>(few)};
  }
  while (true) {
    const math::Parts parts = split(*stretch);
    const double target = p * parts.all.to_double();
    if (parts.above.to_double() >= target) {
      stretch = Stretch{stretch->high, kInfinity};
    } else if (const auto found = boundary_in_picked(parts.above, {target, target})) {
      return *found;
    } else {
      stretch = Stretch{-kInfinity, stretch->low};
    }
  }
}

/// Adds up the row, and picks what is in the stretch.
template <std::floating_point S>
math::Parts Candidates<S>::split(const Stretch& stretch) {
  auto& list = scratch_.picked;
  list.resize(vocabulary() + detail::kSlack);
  const math::Weighing weighing = this->weighing();
  math::Parts parts{{}, {}, list.data()};
  for_each_stretch([&](const float* numbers, std::size_t size, std::size_t first) {
    math::kernels().split(numbers, size, static_cast<Token>(first), weighing, stretch.low,
                          stretch.high, parts);
  });
  list.resize(static_cast<std::size_t>(parts.between - list.data()));
  return parts;
}

/// Reads a sample of tiles, evenly spread over the row; returns what share of the row it is.
template <std::floating_point S>
double Candidates<S>::take_sample() {
  const std::size_t count = scratch_.tiles.size();
  const std::size_t stride = (count + detail::kSampled - 1) / detail::kSampled;
  auto& sample = scratch_.sample;
  sample.clear();
  for (std::size_t tile = stride / 2; tile < count; tile += stride) {
    sample.resize(sample.size() + math::kTile);
    float* const values = sample.end() - math::kTile;
    std::fill(values + tile_values(tile, values), sample.end(), -kInfinity);
  }
  return double(sample.size()) / double(count * math::kTile);
}

/// By a sample of tiles, where the boundary should be, given what the values that reach `bound`
/// weigh; nothing if these should suffice. No more than a guess: `boundary_of_row` finds out.
template <std::floating_point S>
auto Candidates<S>::guess_stretch(double p, Key bound, double best_mass) -> std::optional<Stretch> {
  const double share = take_sample();
  auto& sample = scratch_.sample;

  // What is below `low` weighs too little to be needed, however much of it there is.
  const double best = largest(), top = math::widen(math::from_order_key<S>(bound));
  const double least = math::log((1 - p) * best_mass / double(vocabulary())) / scale_;
  double high = top, low = std::min(high, best + least);
  float thresholds[8], sums[8];
  const auto set = [&](double first, double last) {  // even steps down
    for (int t = 0; t < 8; ++t) thresholds[t] = float(first + (last - first) * t / 7);
  };
  const auto look = [&] {  // what of the sample is above each threshold
    math::kernels().sums_above(sample.data(), sample.size(), weighing(), thresholds, sums);
  };
  set(high, low);
  thresholds[7] = std::numeric_limits<float>::lowest();
  look();
  const double above = double(sums[0]), rest = double(sums[7]) - above;
  const double wanted = p * (best_mass + rest / share) - best_mass;  // of what is below the bound
  if (wanted < 0.01 * best_mass) return std::nullopt;

  // How much the sample can be wrong by: three and a half times as much as the mass ahead of the
  // boundary varies with what happens to be in it, the squares of weights, at most those here.
  const double goal = above + wanted * share, q = std::min(wanted * share / rest, 1.0);
  double variance = 0;
  for (int t = 0; t < 7; ++t) {
    const double heaviest = math::exp((double(thresholds[t]) - best) * scale_);
    const double part = double(sums[t]) < goal ? 1 - q : q;
    variance += part * part * heaviest * double(sums[t + 1] - sums[t]);
  }
  const double error = (share < 1 ? 3.5 * std::sqrt(variance) : 0) + 1e-5 * (above + rest);
  for (int round = 0; round < 3; ++round) {
    set(high + (low - high) / 9, low + (high - low) / 9);
    look();
    for (int t = 0; t < 8; ++t) {
      if (double(sums[t]) <= goal - error) high = double(thresholds[t]);
    }
    for (int t = 7; t >= 0; --t) {
      if (double(sums[t]) >= goal + error) low = double(thresholds[t]);
    }
  }
  return Stretch{float(low), float(high)};
}

}  // namespace logitkit::inline LOGITKIT_ABI
