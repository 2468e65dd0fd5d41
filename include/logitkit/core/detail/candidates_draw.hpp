// SPDX-License-Identifier: MIT
// How Candidates draws a token: by quick sums where they can tell, by exact masses where not.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <algorithm>

namespace logitkit::inline LOGITKIT_ABI {

/// Quick sums by the read that scans the row, if it has not been touched yet: in units of the
/// largest of its first numbers, from which the largest of all must not be too far.
template <std::floating_point S>
auto Candidates<S>::scan_and_sum() -> std::optional<Sums> {
  if constexpr (std::same_as<S, float>) {
    const bool touched = scanned_ || masked_ || transformed_ || !scratch_.edits.empty();
    if (touched || vocabulary() == 0) return std::nullopt;
    const std::size_t few = std::min(kBlock * math::kTile, vocabulary());
    Key* const tiles = scratch_.tiles.data();
    row_.visit([&](const auto* data) { return math::scan(data, few, nullptr, tiles); });
    const double near = math::widen(
        math::from_order_key<S>(*std::max_element(tiles, tiles + math::tile_count(few))));
    if (!math::Weighing::fits(near, scale_)) return std::nullopt;
    const math::Weighing guess(near, scale_);
    double all = 0;
    scan_by([&]<class Scalar>(const Scalar* data) {
      return math::kernels().rows<Scalar>().scan_and_sum(data, row_.size(), guess, tiles,
                                                         scratch_.tile_sums.data(), all);
    });
    if (status() != Status::ok || !weighs_fast()) return std::nullopt;
    const math::Weighing weighing = this->weighing();
    const int octaves = weighing.octaves_above(guess);
    if (octaves > 64) return std::nullopt;
    const double unit = weighing.unit_of(guess);
    return Sums{all, all * math::Weighing::slack(double(vocabulary()), all * unit, 2, octaves),
                unit};
  }
  return std::nullopt;
}

/// The token at quantile u, where the quick sums can tell, known or not: none if it is close to
/// another's.
template <std::floating_point S>
std::optional<Token> Candidates<S>::draw_by_sums(double u, const std::optional<Sums>& known) {
  const auto sums = known ? known : sum_tiles_quickly();
  if (!sums) return std::nullopt;
  const double target = u * sums->all, slack = sums->slack;
  const std::size_t count = scratch_.tiles.size();
  double before = 0;
  std::size_t tile = 0;
  while (tile + kBlock < count) {
    const double block = math::sum_block(&scratch_.tile_sums[tile], kBlock);
    if (before + block > target) break;
    before += block;
    tile += kBlock;
  }
  while (tile + 1 < count && before + double(scratch_.tile_sums[tile]) <= target) {
    before += double(scratch_.tile_sums[tile++]);
  }
  const auto entries = tile_entries(tile);
  weigh(entries);
  const double unit = 0x1p-56 / sums->unit;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const double weight = static_cast<double>(scratch_.weighed.weights[i]);
    const double after = before + weight * unit;
    if (after > target) {
      const bool certain = (before == 0 || target - before > slack) && after - target > slack;
      return certain ? std::optional(entries[i].token) : std::nullopt;
    }
    before = after;
  }
  return std::nullopt;
}

template <std::floating_point S>
Token Candidates<S>::draw(double u) {
  const auto known = scan_and_sum();
  if (status() != Status::ok) return kNoToken;
  u = u > 0 ? std::min(u, 1 - 0x1p-53) : 0;  // NaN, too, becomes 0
  if (const auto token = draw_by_sums(u, known)) return *token;
  return share_at([u](const math::Mass& total) { return math::fraction_of(total, u); }).token;
}

template <std::floating_point S>
Share Candidates<S>::share_at(const auto& where) {
  if (status() != Status::ok) return {};
  Share share{.total = total()};
  const math::Mass target = where(share.total);
  const auto passes = [&](const math::Mass& part) {  // whether adding it takes the sum beyond
    math::Mass sum = share.before;
    sum += part;
    if (sum > target) return true;
    share.before = sum;
    return false;
  };
  std::span<const Survivor> entries = scratch_.survivors;
  if (!narrow_) {
    std::size_t tile = 0;
    while (tile + kBlock < scratch_.tiles.size() && !passes(scratch_.block_masses[tile / kBlock])) {
      tile += kBlock;
    }
    while (!passes(weigh(tile_entries(tile)))) ++tile;
    entries = tile_entries(tile);
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    share.own = {0, scratch_.weighed.weights[i]};
    if (!passes(share.own)) continue;
    share.token = entries[i].token;
    break;
  }
  return share;
}

}  // namespace logitkit::inline LOGITKIT_ABI
