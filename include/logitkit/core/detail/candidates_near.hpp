// SPDX-License-Identifier: MIT
// What is near a score: the tokens nearest to it that hold a part of the mass.
//
// Without a sort, much as a nucleus is found (candidates_nucleus.hpp); only that the order is that
// of the distance from a centre: a sample of tiles tells at which distance the set ends, nearly;
// one exact pass adds up the row and what is nearer, and lists all that is not farther; the end is
// found among the few that are neither, and what is beyond it is dropped from the list.
#pragma once

#include <logitkit/core/candidates.hpp>
#include <logitkit/math/nearness.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// The search around one centre, a value. Boundaries and stretches are of math::nearness.
template <std::floating_point S>
struct Candidates<S>::Near {
  using Target = typename Nucleus::Target;
  using Stretch = typename Nucleus::Stretch;

  Candidates& set;
  S centre;

  [[nodiscard]] Key key(S value) const { return math::order_key(math::nearness(value, centre)); }

  /// The keys of what is found.
  [[nodiscard]] std::span<Key> keys() const {
    const auto& list = set.scratch_.found;
    auto& keys = set.scratch_.weighed.keys;
    if constexpr (std::same_as<S, float>) {
      math::kernels().keys_near(list.data(), list.size(), centre, keys.data());
    } else {
      std::transform(list.begin(), list.end(), keys.begin(),
                     [this](const Survivor& entry) { return key(entry.value); });
    }
    return {keys.data(), list.size()};
  }

  /// Of what is picked, copies what is from `low` to `high` to scratch_.found; returns its mass.
  math::Mass find(Key low, Key high) const {
    auto& found = set.scratch_.found;
    const auto& list = set.scratch_.picked;
    found.resize(list.size() + detail::kSlack);
    if constexpr (std::same_as<S, float>) {
      found.resize(
          math::kernels().keep_near(list.data(), list.size(), centre, low, high, found.data()));
    } else {
      std::size_t kept = 0;
      for (const Survivor entry : list) {
        found[kept] = entry;
        kept += key(entry.value) >= low && key(entry.value) <= high;
      }
      found.resize(kept);
    }
    return set.weigh(found);
  }

  /// The boundary among what is found, which lies from `low` to `high` and ahead of which there is
  /// the mass `before`: see Nucleus. Equals may differ in weight, being on both sides.
  [[nodiscard]] std::optional<Boundary> in_found(math::Mass before, const Target& target, Key low,
                                                 Key high) const {
    auto& weights = set.scratch_.weighed.weights;
    const auto reached = math::reach(keys(), weights.data(), before, target.low, {low, high});
    math::Mass mass = reached.before;
    std::size_t kept = 0;
    do {
      mass += weights[kept++];
    } while (kept < reached.equals && mass.to_double() < target.low);
    if (mass.to_double() < target.high) return std::nullopt;
    return Boundary{reached.key, kept, reached.equals};
  }

  /// Picks the set and some more, and tells where it ends.
  [[nodiscard]] Boundary boundary(double p) const {
    if constexpr (std::same_as<S, float>) {
      if (!set.narrow_ && set.fits_kernels()) return boundary_of_row(p);
    }
    set.pick_at_least(kBannedKey, set.scratch_.picked);
    const double target = p * find(kBannedKey, 0).to_double();
    return *in_found({}, {target, target}, kBannedKey, 0);
  }

  [[nodiscard]] Boundary boundary_of_row(double p) const {
    const Survivor best = set.peak();
    const double in_best = math::exp(set.log_mass());  // within the slack of quick sums, and more
    const double all = in_best * set.weigh({&best, 1}).to_double(), target = p * all;
    const double slack =
        all * (math::Weighing::slack(double(set.vocabulary()), in_best, 2) + 0x1p-21);
    const Key few = set.tile_bound(kFewTiles);
    set.pick_at_least(few, set.scratch_.picked);
    const double best_mass = find(kBannedKey, 0).to_double();
    // What is not picked is not nearer than the bound, if that is below the centre.
    if (target > slack && best_mass > target + slack && few <= math::order_key(centre)) {
      const auto end = in_found({}, {target - slack, target + slack}, kBannedKey, 0);
      if (end && end->key > key(math::from_order_key<S>(few))) return *end;
    }
    Stretch stretch = guess_stretch(p, few, all);
    while (true) {
      const math::Parts parts = split(stretch);
      const double goal = p * parts.all.to_double();
      math::Mass sum = parts.above;
      if (sum.to_double() >= goal) {
        stretch = Stretch{stretch.high, 0};
        continue;
      }
      const Key low = math::order_key(stretch.low), high = math::order_key(stretch.high);
      sum += find(low, high);
      if (sum.to_double() >= goal) return *in_found(parts.above, {goal, goal}, low, high);
      stretch = Stretch{-kInfinity, stretch.low};
    }
  }

  /// Adds up the row and what is nearer than the stretch, and picks all that is not farther.
  [[nodiscard]] math::Parts split(const Stretch& stretch) const {
    return set.split([&, weighing = set.weighing()](const float* numbers, std::size_t size,
                                                    Token first, math::Parts& parts) {
      math::kernels().split_near(numbers, size, first, weighing, centre, stretch.low, stretch.high,
                                 parts);
    });
  }

  /// By a sample of tiles, where the boundary should be, given those that reach the value bound
  /// `few`, which are picked and counted exactly, and the mass of all. No more than a guess.
  [[nodiscard]] Stretch guess_stretch(double p, Key few, double all) const {
    if (set.scratch_.picked.size() > set.vocabulary() / 8) return {-kInfinity, 0};
    const double rest = all - find(kBannedKey, 0).to_double();
    const std::span<const Key> counted = keys();
    const double share = set.take_sample();
    auto& sample = set.scratch_.sample;
    for (float& number : sample) {
      if (math::order_key(number) >= few) number = -kInfinity;
    }

    // What is farther than `far` weighs too little to be needed, however much of it there is.
    const double best = set.largest(), top = math::widen(math::from_order_key<S>(few));
    const double middle = math::widen(centre), scale = set.scale_;
    const double part = (1 - p) * all * 0x1p-57 / double(set.vocabulary());
    const double least = best + math::log(part) / scale;
    double near = 0, far = std::min(middle - best, least - middle), sampled = 0;
    float thresholds[8], sums[8];
    double masses[8];  // of what is nearer than each threshold
    const auto look = [&](double first, double last) {
      for (int t = 0; t < 8; ++t) thresholds[t] = float(first + (last - first) * t / 7);
      math::kernels().sums_near(sample.data(), sample.size(), set.weighing(), centre, thresholds,
                                sums);
      if (sampled == 0) sampled = double(sums[7]);
      for (int t = 0; t < 8; ++t) {
        const math::Mass exact = math::mass_at_least<Key>(
            counted, set.scratch_.weighed.weights.data(), math::order_key(thresholds[t]));
        masses[t] = exact.to_double() + rest * double(sums[t]) / sampled;
      }
    };
    look(near, far);
    if (!(sampled > 0 && rest > 0)) return {-kInfinity, 0};
    // How wrong the sample can be: see Nucleus.
    const double goal = p * all;
    double variance = 0, inside = sampled;
    for (int t = 7; t >= 0 && masses[t] > goal; --t) inside = double(sums[t]);
    for (int t = 0; t < 7; ++t) {
      // The heaviest of a ring is above the centre, unless what is there has been counted exactly.
      const bool below = middle - double(thresholds[t]) > top;
      const double value = below ? middle + double(thresholds[t])
                                 : std::min(top, middle - double(thresholds[t + 1]));
      const double q = masses[t] < goal ? 1 - inside / sampled : inside / sampled;
      variance += q * q * math::exp((value - best) * scale) * double(sums[t + 1] - sums[t]);
    }
    const double error = (share < 1 ? 3.5 * std::sqrt(variance) * rest / sampled : 0) + 1e-5 * all;
    for (int round = 0; round < 2; ++round) {
      look(near + (far - near) / 9, far + (near - far) / 9);
      for (int t = 0; t < 8; ++t) {
        if (masses[t] <= goal - error) near = double(thresholds[t]);
      }
      for (int t = 7; t >= 0; --t) {
        if (masses[t] >= goal + error) far = double(thresholds[t]);
      }
    }
    return {float(far), float(near)};
  }

  /// Picks all, and tells where the k nearest end.
  [[nodiscard]] Boundary boundary_of_rank(std::size_t k) const {
    set.pick_at_least(kBannedKey, set.scratch_.picked);
    find(kBannedKey, 0);
    k = std::min(k, set.scratch_.found.size());
    const Key last = math::rank_bound(keys(), k, {kBannedKey, 0});
    const std::span<const Key> all = keys();
    const std::size_t nearer = math::count_at_least<Key>(all, last + 1);
    return {last, k - nearer, math::count_at_least<Key>(all, last) - nearer};
  }

  /// Of what is picked, drops what is farther than the boundary, and the last of its equals unless
  /// these are wanted.
  void drop_beyond(const Boundary& last, bool equals_too) const {
    auto& list = set.scratch_.picked;
    if constexpr (std::same_as<S, float>) {
      list.resize(
          math::kernels().keep_near(list.data(), list.size(), centre, last.key, 0, list.data()));
    }
    const std::size_t wanted = equals_too ? last.equals : last.kept;
    if (!std::same_as<S, float> || wanted < last.equals) {
      std::size_t kept = 0, equals = 0;
      for (const Survivor entry : list) {
        const Key own = key(entry.value);
        list[kept] = entry;
        kept += own > last.key || (own == last.key && equals++ < wanted);
      }
      list.resize(kept);
    }
  }
};

template <std::floating_point S>
void Candidates<S>::keep_near(double score, double p, std::size_t at_least, bool equals) {
  if (!(std::abs(score) <= std::numeric_limits<double>::max())) return keep_top(0);
  if (p >= 1 || status() != Status::ok) return;
  // Where all are equal, as whole tiles of the best suggest, every order is that of tokens.
  const std::size_t tiles = scratch_.tiles.size();
  if (std::same_as<S, float> && !narrow_ && tile_bound(kFewTiles) == largest_key() &&
      mark(0, tiles, largest_key()) == mark(0, tiles, kBannedKey)) {
    return equals ? void() : keep_mass(p, at_least);
  }
  constexpr double kMax = std::numeric_limits<double>::max();
  const Near near{*this, math::centre_of<S>(std::clamp(to_value(score), -kMax, kMax))};
  near.drop_beyond(near.boundary(p > 0 ? p : std::numeric_limits<double>::min()), equals);
  if (scratch_.picked.size() < at_least) near.drop_beyond(near.boundary_of_rank(at_least), equals);
  narrow_to_picked();
}

}  // namespace logitkit::inline LOGITKIT_ABI
