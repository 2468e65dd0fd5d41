// SPDX-License-Identifier: MIT
// Where a nucleus ends: the last token before which the mass is below a part of all.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// The mass that the tokens before the boundary stay below, known to lie in [low, high].
template <std::floating_point S>
struct Candidates<S>::Target {
  double low, high;
};

/// The last token before which the mass is below the target, among the best ones, which are all
/// that are as good as the worst of them. None if the best do not reach the target, or if the
/// answer depends on where in its interval the target lies. Reorders them.
template <std::floating_point S>
auto Candidates<S>::boundary_in(std::span<Survivor> best, const Target& target)
    -> std::optional<Survivor> {
  using Weighed = math::WeighedEntry<S>;
  auto& entries = scratch_.weighed;
  weigh(best);
  math::Mass sum;
  entries.clear();
  for (std::size_t i = 0; i < best.size(); ++i) {
    entries.push_back({best[i].token, best[i].score, scratch_.weights[i]});
    sum += scratch_.weights[i];
  }
  if (entries.empty() || sum.to_double() < target.high) return std::nullopt;
  const auto weight_of = [](const Weighed& entry) { return entry.weight; };
  const Weighed last = math::select_by_mass(std::span(entries), {}, target.low, weight_of);
  if (target.high > target.low) {
    const Weighed other = math::select_by_mass(std::span(entries), {}, target.high, weight_of);
    if (other.token != last.token) return std::nullopt;
  }
  return Survivor{last.token, last.score};
}

/// The boundary of the part p by the quick sums, where it lies among a few hundred best tokens and
/// they can tell.
template <std::floating_point S>
auto Candidates<S>::boundary_by_sums(double p) -> std::optional<Survivor> {
  if (!sums_are_worth_it()) return std::nullopt;
  sum_tiles();
  const double all = sum_blocks() * 0x1p56, slack = all * 0x1p-19;
  for (const std::size_t k : kTiers) {
    pick_at_least(tile_bound(k));
    if (const auto last = boundary_in(scratch_.picked, {p * all - slack, p * all + slack})) {
      return last;
    }
  }
  return std::nullopt;
}

/// The boundary of the part p by exact masses.
template <std::floating_point S>
auto Candidates<S>::boundary(double p) -> Survivor {
  const double target = p * total().to_double();
  auto& list = scratch_.picked;
  if (narrow_) {
    list.assign(scratch_.survivors.begin(), scratch_.survivors.end());
    return *boundary_in(list, {target, target});
  }
  for (const std::size_t k : kTiers) {
    pick_at_least(tile_bound(k));
    if (const auto last = boundary_in(list, {target, target})) return *last;
  }
  // The nucleus is wide. Find the stretch of scores that holds its end, and select there.
  const double best = math::widen(peak().score), per_octave = scale_ * math::kLog2E;
  const auto bucket = [=](const Survivor& entry) {
    return math::MassHistogram::bucket((best - math::widen(entry.score)) * per_octave);
  };
  math::MassHistogram histogram;
  for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) {
    const auto entries = tile_entries(tile);
    weigh(entries);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      histogram.add(bucket(entries[i]), scratch_.weights[i]);
    }
  }
  const auto found = histogram.boundary(target);
  auto& stretch = scratch_.weighed;
  stretch.clear();
  for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) {
    const auto entries = tile_entries(tile);
    weigh(entries);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (scratch_.weights[i] == 0 || bucket(entries[i]) != found.bucket) continue;
      stretch.push_back({entries[i].token, entries[i].score, scratch_.weights[i]});
    }
  }
  const auto last = math::select_by_mass(std::span(stretch), found.before, target,
                                         [](const auto& entry) { return entry.weight; });
  return {last.token, last.score};
}

}  // namespace logitkit::inline LOGITKIT_ABI
