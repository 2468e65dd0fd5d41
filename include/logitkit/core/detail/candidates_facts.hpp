// SPDX-License-Identifier: MIT
// What Candidates knows of its scores: the best, their mass, their spread.
#pragma once

#include <logitkit/core/candidates.hpp>
#include <logitkit/math/detail/keep_denormals.hpp>

#include <array>

namespace logitkit::inline LOGITKIT_ABI {

/// Calls f(token, value) for the tokens that are not banned and have a key >= at_least, ascending.
/// Before narrowing, tiles whose maximum is smaller are skipped: `refresh_tiles` first.
template <std::floating_point S>
void Candidates<S>::for_each_value(Key at_least, const auto& f) const {
  const Key floor = std::max(at_least, kLowestKey);
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
    if (narrow_) {
      const auto is_best = [=](const Survivor& e) { return math::order_key(e.value) == largest; };
      best = *std::find_if(scratch_.survivors.begin(), scratch_.survivors.end(), is_best);
    } else {
      std::array<Survivor, math::kTile + 16> entries;
      const auto tiles = tiles_at_least(largest, 1);
      const auto first = tiles.first(std::min(tiles.size(), std::size_t(1)));
      const std::size_t found = collect(first, largest, entries.data());
      if (found > 0) best = entries[0];  // there is none if a NaN has been written since
    }
  }
  peak_ = best;
  return best;
}

/// ln of all mass over that of the set: 0 unless a list has left something out.
template <std::floating_point S>
double Candidates<S>::log_rest() {
  if (rest_ < std::numeric_limits<double>::lowest()) return 0;
  const double ratio = rest_ - math::widen(peak().value) - log_mass();  // its logarithm
  return ratio > 700 ? ratio : math::log(1 + math::exp(ratio));
}

template <std::floating_point S>
Status Candidates<S>::status_and_mass() {
  static_cast<void>(log_mass());  // first: it makes use of the read that the status needs
  return status();
}

template <std::floating_point S>
double Candidates<S>::log_sum_exp() {
  const double mass = log_mass();
  return status() == Status::ok ? maximum() + (mass + log_rest()) : maximum();
}

template <std::floating_point S>
double Candidates<S>::log_probability(Token token) {
  const Key key = held(token);
  const double mass = log_mass();
  if (key == kBannedKey || status() != Status::ok) return -kInfinity;
  // By the distance from the best, which keeps the digits that scale and shift would cancel.
  const double own = math::widen(math::from_order_key<S>(key));
  return std::fma(own - math::widen(peak().value), scale_, -(mass + log_rest()));
}

template <std::floating_point S>
std::size_t Candidates<S>::rank(Token token) {
  const Key key = held(token);
  if (key == kBannedKey || status() != Status::ok) return 0;
  pick_at_least(static_cast<Key>(key + 1), scratch_.found);
  return 1 + scratch_.found.size();
}

/// Calls f(numbers, how many, the first token) for the set as floats, ascending and in whole
/// blocks, but for the last: -inf for what is not in the set. A block of nothing else may
/// be left out. So what f adds up block by block is the same for a row and for a list.
template <std::floating_point S>
void Candidates<S>::for_each_block(const auto& f) {
  using math::kBlockNumbers;
  float block[kBlockNumbers];
  if (narrow_) {
    for (auto entry = scratch_.survivors.begin(); entry != scratch_.survivors.end();) {
      const std::size_t begin =
          static_cast<std::size_t>(entry->token) / kBlockNumbers * kBlockNumbers;
      const std::size_t size = std::min(kBlockNumbers, vocabulary() - begin);
      std::fill_n(block, size, -std::numeric_limits<float>::infinity());
      for (; entry != scratch_.survivors.end(); ++entry) {
        const std::size_t at = static_cast<std::size_t>(entry->token) - begin;
        if (at >= size) break;
        block[at] = static_cast<float>(entry->value);
      }
      f(static_cast<const float*>(block), size, begin);
    }
    return;
  }
  for_each_stretch([&](const float* numbers, std::size_t size, std::size_t first) {
    while (size > 0) {
      const std::size_t at = first % kBlockNumbers;
      const bool last = first + size == vocabulary();
      std::size_t part = at != 0 ? 0 : last ? size : size / kBlockNumbers * kBlockNumbers;
      if (part > 0) {  // blocks in their place
        f(numbers, part, first);
      } else {
        part = std::min(size, kBlockNumbers - at);
        std::copy_n(numbers, part, block + at);
        if (at + part == kBlockNumbers || last) {
          f(static_cast<const float*>(block), at + part, first - at);
        }
      }
      numbers += part, size -= part, first += part;
    }
  });
}

template <std::floating_point S>
double Candidates<S>::entropy() {
  if (entropy_) return *entropy_;
  if (const auto sums = sum_weights(math::kernels().distances)) {
    const double mean = sums->seconds.total() / sums->weights.total() / math::kLog2E;
    return *(entropy_ = log_mass() + mean);
  }
  if (status() != Status::ok) return 0;
  // H = ln(sum of w) + (sum of w d) / (sum of w), where w = 2^-d.
  const double best = math::widen(peak().value), per_octave = scale_ * math::kLog2E;
  math::Mass sum, moment;  // moment: weights in 2^-62 times octaves in 2^-57, over 2^64
  for_each_value(kBannedKey, [&](Token, S value) {
    const math::Octaves d = math::to_octaves((best - math::widen(value)) * per_octave);
    const std::uint64_t weight = math::weight(d);
    sum += weight;
    moment += math::multiply_high(weight, d);
  });
  const double mean = moment.to_double() / sum.to_double() / math::kLog2E * 0x1p7;
  return *(entropy_ = math::log(sum.to_double() * 0x1p-62) + mean);
}

template <std::floating_point S>
double Candidates<S>::collision() {
  if (collision_) return *collision_;
  if (const auto sums = sum_weights(math::kernels().squares)) {
    const double weights = sums->weights.total();
    return *(collision_ = std::min(sums->seconds.total() / (weights * weights), 1.0));
  }
  if (status() != Status::ok) return 0;
  const double best = math::widen(peak().value), per_octave = scale_ * math::kLog2E;
  math::Mass sum, squares;  // squares: in 2^-60
  for_each_value(kBannedKey, [&](Token, S value) {
    const auto d = math::to_octaves((best - math::widen(value)) * per_octave);
    const std::uint64_t weight = math::weight(d);
    sum += weight;
    squares += math::multiply_high(weight, weight);
  });
  const double all = sum.to_double() * 0x1p-62;
  return *(collision_ = std::min(squares.to_double() * 0x1p-60 / (all * all), 1.0));
}

template <std::floating_point S>
double Candidates<S>::deviation() {
  const math::KeepDenormals keep;  // squares of small numbers break ties
  float centre = 0;
  math::Spread spread{};
  if (std::same_as<S, float> && !deviation_ && vocabulary() > 0) {
    // Distances from a centre that suits the first tile, to begin with.
    double sum = 0, squares = 0, count = 0;
    const auto take = [&](S value) {
      if (math::order_key(value) <= kBannedKey) return;
      const double number = math::widen(value);
      sum += number, squares = std::fma(number, number, squares), ++count;
    };
    if (narrow_) {
      for (const auto& [token, value] : scratch_.survivors) {
        if (static_cast<std::size_t>(token) >= math::kTile) break;
        take(value);
      }
    } else {
      S values[math::kTile];
      std::for_each_n(values, tile_values(0, values), take);
    }
    const double mean = count > 0 ? sum / count : 0;
    centre = math::Spread::centre(mean, count > 0 ? std::fma(-mean, mean, squares / count) : 0);
    if (untouched()) scan(&spread, centre);
  }
  if (status() != Status::ok) return 0;
  if (!deviation_) deviation_ = find_deviation(spread, centre);
  return *deviation_ * scale_;
}

/// The deviation of the values: by the float kernels, unless they lose its digits. `spread` is that
/// from the centre, if it is known.
template <std::floating_point S>
double Candidates<S>::find_deviation(math::Spread spread, float centre) {
  if constexpr (std::same_as<S, float>) {
    for (int pass = 0; pass < 2; ++pass) {
      if (spread.count == 0) {
        for_each_block([&](const float* numbers, std::size_t size, std::size_t) {
          auto& ignored = scratch_.tile_copy;
          math::kernels().scan_and_spread(numbers, size, centre, spread, ignored.data());
        });
      }
      const double mean = spread.sums.total() / double(spread.count);
      const double square = spread.squares.total() / double(spread.count);
      const double variance = std::fma(-mean, mean, square);
      const bool equal = !(variance > 0) && !narrow_;  // it may be that all are
      if (equal && mark(0, scratch_.tiles.size(), largest_key()) == spread.count) return 0;
      if (mean * mean <= 4 * variance && square <= std::numeric_limits<float>::max()) {
        return std::sqrt(variance);
      }
      centre = math::Spread::centre(double(centre) + mean, 0);
      spread = {};
    }
  }
  // Else in doubles one after another, in a power of two by which no square overflows.
  const double best = largest();
  double farthest = 0, count = 0, sum = 0, squares = 0;
  const auto distance = [=](S value) {
    return std::min(best - math::widen(value), std::numeric_limits<double>::max());
  };
  for_each_value(kBannedKey, [&](Token, S v) { farthest = std::max(farthest, distance(v)); });
  farthest = std::max(farthest, std::numeric_limits<double>::min());
  const double unit = std::bit_cast<double>(std::bit_cast<std::uint64_t>(farthest) >> 52 << 52);
  for_each_value(kBannedKey, [&](Token, S value) { sum += distance(value) / unit, ++count; });
  for_each_value(kBannedKey, [&](Token, S value) {
    const double from_mean = distance(value) / unit - sum / count;
    squares = std::fma(from_mean, from_mean, squares);
  });
  return std::sqrt(squares / count) * unit;
}

}  // namespace logitkit::inline LOGITKIT_ABI
