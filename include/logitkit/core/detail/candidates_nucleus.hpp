// SPDX-License-Identifier: MIT
// Where a nucleus ends: the last token before which the mass is below a part of all.
//
// Without a sort. The best few tiles are looked at first; for a peaked row they hold the nucleus.
// For a flat one, a sample of tiles tells between which values it ends, nearly; one exact pass adds
// up the row and what lies above that stretch, and lists what lies within; the end is found there.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <numeric>  // std::midpoint

namespace logitkit::inline LOGITKIT_ABI {

/// The last key that is kept, and how many are kept of those that equal it.
template <std::floating_point S>
struct Candidates<S>::Boundary {
  Key key;
  std::size_t kept, equals;
};

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

/// Adds up the row in three parts and picks one of them, by kernel(numbers, how many, the first
/// token, parts) for stretch after stretch.
template <std::floating_point S>
math::Parts Candidates<S>::split(const auto& kernel) {
  auto& list = scratch_.picked;
  list.resize(vocabulary() + detail::kSlack);
  math::Parts parts{{}, {}, list.data()};
  for_each_stretch([&](const float* numbers, std::size_t size, std::size_t first) {
    kernel(numbers, size, static_cast<Token>(first), parts);
  });
  list.resize(static_cast<std::size_t>(parts.between - list.data()));
  return parts;
}

/// The search for the last of the tokens, best first, before which there is less than a part of
/// all.
template <std::floating_point S>
struct Candidates<S>::Nucleus {
  /// The mass that the tokens before the boundary stay below, known to lie in [low, high].
  struct Target {
    double low, high;
  };
  /// A stretch of values in which the boundary should be.
  struct Stretch {
    float low, high;
  };

  Candidates& set;

  /// The boundary among what is picked, ahead of which there is the mass `before`. None if the mass
  /// of all that does not reach the target, or if the answer depends on where the target lies.
  [[nodiscard]] std::optional<Boundary> in_picked(math::Mass before, const Target& target) const {
    const auto& list = set.scratch_.picked;
    if (list.empty()) return std::nullopt;
    math::Reached<Key> reached{math::order_key(list[0].value), before, 0, list.size()};
    const auto differs = [key = reached.key](const Survivor& entry) {
      return math::order_key(entry.value) != key;
    };
    if (std::any_of(list.begin(), list.end(), differs)) {
      math::Mass sum = set.weigh(list);
      sum += before;
      if (sum.to_double() < target.high) return std::nullopt;
      reached = reach(list.size(), before, target.low);
    } else {
      set.weigh(std::span<const Survivor>(list).first(1));
      reached.weight = set.scratch_.weighed.weights[0];
    }
    return end_of(reached, target);
  }

  /// The last key that is needed of so many that have been weighed.
  [[nodiscard]] math::Reached<Key> reach(std::size_t size, math::Mass before, double target) const {
    auto& [keys, weights] = set.scratch_.weighed;
    const std::span<Key> all(keys.data(), size);
    return math::reach(all, weights.data(), before, target, {kBannedKey, set.largest_key()});
  }

  /// How many of its equals are needed; none if that depends on where the target lies.
  [[nodiscard]] static std::optional<Boundary> end_of(const math::Reached<Key>& reached,
                                                      const Target& target) {
    const auto mass_with = [&](std::size_t n) {  // of the equals
      math::Mass mass{math::multiply_high(reached.weight, n), reached.weight * n};
      mass += reached.before;
      return mass.to_double();
    };
    std::size_t kept = 1;
    for (std::size_t most = reached.equals; kept < most;) {
      const std::size_t middle = std::midpoint(kept, most);
      if (mass_with(middle) < target.low) {
        kept = middle + 1;
      } else {
        most = middle;
      }
    }
    if (mass_with(kept) < target.high) return std::nullopt;
    return Boundary{reached.key, kept, reached.equals};
  }

  /// What in_picked finds by sums of the row, where these can tell.
  [[nodiscard]] std::optional<Boundary> by_sums(double p, const auto& sums) const {
    if (!sums) return std::nullopt;
    const double target = p * sums->all, slack = p * sums->slack(sums->all);
    constexpr double kOne = math::Weighing::kOne;
    return in_picked({}, {(target - slack) * kOne, (target + slack) * kOne});
  }

  /// The boundary of the part p.
  [[nodiscard]] Boundary boundary(double p) const {
    if (!set.narrow_ && set.fits_kernels()) {
      if constexpr (std::same_as<S, float>) return boundary_of_row(p);
    }
    if (set.narrow_) {
      const double target = p * set.total().to_double();
      return *end_of(reach(set.size(), {}, target), {target, target});
    }
    set.pick_at_least(set.tile_bound(kFewTiles), set.scratch_.picked);
    if (const auto found = by_sums(p, set.sum_tiles_quickly())) return *found;
    if (const auto found = by_sums(p, set.sum_tiles_finely())) return *found;
    const double target = p * set.total().to_double();
    if (const auto found = in_picked({}, {target, target})) return *found;
    set.pick_at_least(kBannedKey, set.scratch_.picked);
    return *in_picked({}, {target, target});
  }

  [[nodiscard]] Boundary boundary_of_row(double p) const {
    Key few = set.tile_bound(kFewTiles);
    if (set.tiles_at_least(few).size() > 2 * kFewTiles) ++few;  // without the many that equal it
    set.pick_at_least(few, set.scratch_.picked);
    const double best_mass = set.weigh(set.scratch_.picked).to_double() / math::Weighing::kOne;
    auto stretch = guess_stretch(p, few, best_mass);
    if (!stretch) {
      if (const auto found = by_sums(p, set.sum_tiles_quickly())) return *found;
      const double target = p * set.total().to_double();
      if (const auto found = in_picked({}, {target, target})) return *found;
      stretch = Stretch{-kInfinity, math::from_order_key<S>(few)};
    }
    while (true) {
      const math::Parts parts = split(*stretch);
      const double target = p * parts.all.to_double();
      if (parts.above.to_double() >= target) {
        stretch = Stretch{stretch->high, kInfinity};
      } else if (const auto found = in_picked(parts.above, {target, target})) {
        return *found;
      } else {
        stretch = Stretch{-kInfinity, stretch->low};
      }
    }
  }

  /// Adds up the row, and picks what is in the stretch.
  [[nodiscard]] math::Parts split(const Stretch& stretch) const {
    return set.split([&, weighing = set.weighing()](const float* numbers, std::size_t size,
                                                    Token first, math::Parts& parts) {
      math::kernels().split(numbers, size, first, weighing, stretch.low, stretch.high, parts);
    });
  }

  /// By a sample of tiles, where the boundary should be, given what the values that reach `bound`
  /// weigh; nothing if these should suffice. No more than a guess: `boundary_of_row` finds out.
  [[nodiscard]] std::optional<Stretch> guess_stretch(double p, Key bound, double best_mass) const {
    const double share = set.take_sample();
    auto& sample = set.scratch_.sample;

    // What is below `low` weighs too little to be needed, however much of it there is.
    const double best = set.largest(), top = math::widen(math::from_order_key<S>(bound));
    const double ahead = std::max(best_mass, 0.5);  // the best alone weighs more
    const double least = math::log((1 - p) * ahead / double(set.vocabulary())) / set.scale_;
    double high = top, low = std::min(high, best + least);
    float thresholds[8], sums[8];
    const auto place = [&](double first, double last) {  // even steps down
      for (int t = 0; t < 8; ++t) thresholds[t] = float(first + (last - first) * t / 7);
    };
    const auto look = [&] {  // what of the sample is above each threshold
      math::kernels().sums_above(sample.data(), sample.size(), set.weighing(), thresholds, sums);
    };
    place(high, low);
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
      const double heaviest = math::exp((double(thresholds[t]) - best) * set.scale_);
      const double part = double(sums[t]) < goal ? 1 - q : q;
      variance += part * part * heaviest * double(sums[t + 1] - sums[t]);
    }
    const double error = (share < 1 ? 3.5 * std::sqrt(variance) : 0) + 1e-5 * (above + rest);
    for (int round = 0; round < 3; ++round) {
      place(high + (low - high) / 9, low + (high - low) / 9);
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
};

}  // namespace logitkit::inline LOGITKIT_ABI
