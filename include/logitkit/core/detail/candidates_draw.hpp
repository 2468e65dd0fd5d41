// SPDX-License-Identifier: MIT
// How Candidates draws a token: by quick sums where they can tell, by exact masses where not.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// The token at quantile u, where the quick sums can tell: none if it is close to another's.
template <std::floating_point S>
std::optional<Token> Candidates<S>::draw_by_sums(double u) {
  if (!sums_are_worth_it()) return std::nullopt;
  const double all = sum_tiles_quickly();
  const double target = u * all, slack = all * math::Weighing::slack(double(vocabulary()), all);
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
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const double weight = static_cast<double>(scratch_.weighed.weights[i]);
    const double after = before + weight * 0x1p-56;
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
  if (status() != Status::ok) return kNoToken;
  u = u > 0 ? std::min(u, 1 - 0x1p-53) : 0;  // NaN, too, becomes 0
  if (const auto token = draw_by_sums(u)) return *token;
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
