// SPDX-License-Identifier: MIT
// How Candidates draws a token: by sums that are quick to find where they can tell, of double rows
// else by finer ones, and by exact masses where those cannot either.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <algorithm>

namespace logitkit::inline LOGITKIT_ABI {

/// Quick sums by the read that scans the row, if it has not been touched yet: in units of the
/// largest of its first numbers, from which the largest of all must not be too far.
template <std::floating_point S>
auto Candidates<S>::scan_and_sum() -> std::optional<math::QuickSums> {
  if constexpr (std::same_as<S, float>) {
    if (!untouched() || vocabulary() == 0) return std::nullopt;
    const std::size_t few = std::min(math::kBlockNumbers, vocabulary());
    Key* const tiles = scratch_.tiles.data();
    row_.visit([&](const auto* data) { return math::scan(data, few, nullptr, tiles); });
    const double near = math::widen(
        math::from_order_key<S>(*std::max_element(tiles, tiles + math::tile_count(few))));
    if (!math::Weighing::fits(near, scale_)) return std::nullopt;
    const math::Weighing guess(near, scale_);
    double all = 0;
    scan_by([&]<class Scalar>(const Scalar* data) {
      all = math::kernels().rows<Scalar>().scan_and_sum(data, row_.size(), guess, tiles,
                                                        scratch_.tile_sums.data());
      return !math::is_nan(all) || math::scan(data, row_.size(), nullptr, tiles);
    });
    if (math::is_nan(all)) return std::nullopt;  // of a NaN, or of what is too far from the guess
    if (status() != Status::ok || !fits_kernels()) return std::nullopt;
    const math::Weighing weighing = this->weighing();
    const int octaves = weighing.octaves_above(guess);
    if (octaves > 64) return std::nullopt;
    return math::QuickSums{.tiles = scratch_.tile_sums,
                           .all = all,
                           .unit = weighing.unit_of(guess),
                           .size = double(vocabulary()),
                           .roundings = 2,
                           .octaves = octaves};
  }
  return std::nullopt;
}

/// The token at quantile u by sums of tiles; kNoToken if there are none, or if it is so close to
/// another's that they cannot tell. Where the sum before a tile is wrong by x and that of the rest
/// by y, what decides, before - u * all, is wrong by (1 - u) x - u y.
template <std::floating_point S>
Token Candidates<S>::draw_by(const auto& found, double u) {
  if (!found) return kNoToken;
  const auto& sums = *found;
  const double target = u * sums.all;
  const std::size_t count = scratch_.tiles.size();
  double before = 0;
  std::size_t tile = 0;
  while (tile + math::kBlockTiles < count) {
    const double block = math::sum_block(&sums.tiles[tile], math::kBlockTiles);
    if (before + block > target) break;
    before += block;
    tile += math::kBlockTiles;
  }
  while (tile + 1 < count && before + double(sums.tiles[tile]) <= target) {
    before += double(sums.tiles[tile++]);
  }
  const double doubt = (1 - u) * sums.slack(before) + u * sums.slack(sums.all - before);
  const auto entries = tile_entries(tile);
  weigh(entries);
  const double unit = 1 / (math::Weighing::kOne * sums.unit);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const double weight = static_cast<double>(scratch_.weighed.weights[i]);
    const double after = before + weight * unit;
    if (after > target) {
      const bool certain = (before == 0 || target - before > doubt) && after - target > doubt;
      return certain ? entries[i].token : kNoToken;
    }
    before = after;
  }
  return kNoToken;
}

template <std::floating_point S>
Token Candidates<S>::draw(double u) {
  auto quick = scan_and_sum();
  if (status() != Status::ok) return kNoToken;
  u = u > 0 ? std::min(u, 1 - 0x1p-53) : 0;  // NaN, too, becomes 0
  if (!quick) quick = sum_tiles_quickly();
  Token token = draw_by(quick, u);
  if (token == kNoToken) token = draw_by(sum_tiles_finely(), u);
  if (token != kNoToken) return token;
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
    using math::kBlockTiles;
    std::size_t tile = 0;
    while (tile + kBlockTiles < scratch_.tiles.size() &&
           !passes(scratch_.block_masses[tile / kBlockTiles])) {
      tile += kBlockTiles;
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
