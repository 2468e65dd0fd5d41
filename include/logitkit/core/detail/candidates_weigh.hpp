// SPDX-License-Identifier: MIT
// What candidates weigh: exact integer masses that decide, and quick sums that often suffice.
//
// A weight is exp(score) as an integer, so that sums do not depend on their order: not on vector
// width, threads, or whether the set is a row or a list. Adding up 64-bit integers is the dearer
// part; a sum of each tile's weights as floats costs half as much and is wrong by about a part
// in 2^21: see Weighing::slack. Where a choice holds for every total within that, the quick sums
// have made it; of double rows, whose exact weights are the dearest, sums in doubles then make
// nearly all the others. Log-probabilities and entropies of float rows are quick sums, too, by
// lanes (LaneSums) in place of tiles, which have the same bits everywhere.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Whether the float kernels can weigh this set: see math::Weighing.
template <std::floating_point S>
bool Candidates<S>::fits_kernels() {
  return std::same_as<S, float> && math::Weighing::fits(largest(), scale_);
}

/// How they are weighed. Double rows, which kernels only weigh quickly, give the distance from the
/// best in place of a value.
template <std::floating_point S>
math::Weighing Candidates<S>::weighing() {
  return math::Weighing(std::same_as<S, float> ? largest() : 0, scale_);
}

/// The weight of each entry and the key of its value, to scratch_; returns the sum of the weights,
/// in units of 2^-56 of the best one's, nearly.
template <std::floating_point S>
math::Mass Candidates<S>::weigh(std::span<const Survivor> entries) {
  auto& [keys, weights] = scratch_.weighed;
  keys.resize(entries.size() + 16);
  weights.resize(entries.size() + 16);
  if constexpr (std::same_as<S, float>) {
    if (fits_kernels()) {
      return math::kernels().weights(entries.data(), entries.size(), weighing(), keys.data(),
                                     weights.data());
    }
  }
  math::Mass sum;
  const double best = largest(), per_octave = scale_ * math::kLog2E;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto octaves = math::to_octaves((best - math::widen(entries[i].value)) * per_octave);
    keys[i] = math::order_key(entries[i].value);
    weights[i] = math::weight(octaves) >> (62 - math::Weighing::kUnit);
    sum += weights[i];
  }
  return sum;
}

/// Calls f(numbers, how many, the first token, mask or null) for the row in its own scalar and,
/// tile by tile, for what is edited in S: always for whole tiles but the last.
template <std::floating_point S>
void Candidates<S>::for_each_run(const auto& f) {
  if (transformed_) {
    const S* const values = scratch_.values.data();
    const std::uint64_t* const allowed = masked_ ? scratch_.allowed.data() : nullptr;
    return f(values, vocabulary(), std::size_t{0}, allowed);
  }
  row_.visit([&](const auto* data) {
    const auto unedited = [&](std::size_t begin, std::size_t end) {
      const std::uint64_t* allowed = masked_ ? &scratch_.allowed[begin / math::kTile] : nullptr;
      f(data + begin, end - begin, begin, allowed);
    };
    std::size_t begin = 0;
    for (std::size_t tile = 0; !scratch_.edits.empty() && tile < scratch_.tiles.size(); ++tile) {
      if (scratch_.edited[tile] == 0) continue;
      const std::size_t at = tile * math::kTile;
      if (begin < at) unedited(begin, at);
      S values[math::kTile];
      const std::size_t size = tile_values(tile, values);
      f(static_cast<const S*>(values), size, at, static_cast<const std::uint64_t*>(nullptr));
      begin = at + size;
    }
    if (begin < vocabulary()) unedited(begin, vocabulary());
  });
}

/// Calls f(numbers, how many, the first token) for the row as floats, edits included: for long
/// stretches where it can, and always for whole tiles but the last.
template <std::floating_point S>
void Candidates<S>::for_each_stretch(const auto& f) {
  for_each_run([&]<class Scalar>(const Scalar* numbers, std::size_t size, std::size_t first,
                                 const std::uint64_t* allowed) {
    if constexpr (std::same_as<Scalar, float>) {
      if (allowed == nullptr) return f(numbers, size, first);
    }
    float block[math::kBlockNumbers];
    while (size > 0) {
      const std::size_t part = std::min(math::kBlockNumbers, size);
      math::kernels().rows<Scalar>().widen(numbers, part, allowed, block);
      f(static_cast<const float*>(block), part, first);
      numbers += part, size -= part, first += part;
      if (allowed != nullptr) allowed += math::kBlockTiles;
    }
  });
}

/// The mass of every block of tiles, exactly, to scratch_.block_masses; before narrowing.
template <std::floating_point S>
void Candidates<S>::weigh_blocks() {
  using math::kBlockNumbers;
  std::fill(scratch_.block_masses.begin(), scratch_.block_masses.end(), math::Mass{});
  if constexpr (std::same_as<S, float>) {
    if (fits_kernels()) {
      const math::Weighing weighing = this->weighing();
      return for_each_stretch([&](const float* numbers, std::size_t size, std::size_t first) {
        while (size > 0) {
          const std::size_t part = std::min(size, kBlockNumbers - first % kBlockNumbers);
          scratch_.block_masses[first / kBlockNumbers] +=
              math::kernels().mass(numbers, part, weighing);
          numbers += part, size -= part, first += part;
        }
      });
    }
  }
  for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) {
    scratch_.block_masses[tile / math::kBlockTiles] += weigh(tile_entries(tile));
  }
}

/// The sum of all weights. Then scratch_ has the parts: weights of survivors, or masses of blocks.
template <std::floating_point S>
math::Mass Candidates<S>::total() {
  if (narrow_) return weigh(scratch_.survivors);  // the parts may have been overwritten
  if (!total_) {
    weigh_blocks();
    math::Mass sum;
    for (const math::Mass& block : scratch_.block_masses) sum += block;
    total_ = sum;
  }
  return *total_;
}

template <std::floating_point S>
void Candidates<S>::for_each_weight(const auto& f) {
  if (status() != Status::ok) return;
  const auto each = [&](std::span<const Survivor> entries) {
    weigh(entries);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (const auto weight = scratch_.weighed.weights[i]; weight != 0) f(entries[i].token, weight);
    }
  };
  if (narrow_) return each(scratch_.survivors);
  for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) each(tile_entries(tile));
}

/// What a kernel adds up over the set, by the read that scans it if the row is untouched; keeps
/// log_mass on the way, unless sums of integers cost as little. None where the kernels do not fit.
template <std::floating_point S>
auto Candidates<S>::sum_weights(math::SumKernel kernel) -> std::optional<math::WeightSums> {
  if constexpr (std::same_as<S, float>) {
    math::WeightSums sums;
    const auto high = static_cast<float>(scale_ * math::kLog2E);
    const auto add_up = [&](Key* tiles, bool known) {
      for_each_block([&](const float* numbers, std::size_t size, std::size_t first) {
        kernel(numbers, size, high, known, tiles + first / math::kTile, sums);
      });
    };
    const bool fresh = untouched() && math::Weighing::fits(0, scale_);
    if (fresh) {
      scan_by([&](const auto* data) {
        add_up(scratch_.tiles.data(), false);
        return !math::is_nan(sums.weights.total()) ||  // of a NaN or an infinity
               math::scan(data, row_.size(), nullptr, scratch_.tiles.data());
      });
    }
    if (status() != Status::ok || !fits_kernels()) return std::nullopt;
    if (!fresh) {
      if (!narrow_) refresh_tiles();
      add_up(narrow_ ? scratch_.tile_copy.data() : scratch_.tiles.data(), !narrow_);
    }
    if (vocabulary() > math::kBlockNumbers) {
      math::WeightSums of_best;
      const float best = peak().value;
      Key ignored;
      kernel(&best, 1, high, false, &ignored, of_best);
      log_mass_ = math::log(sums.weights.total() / of_best.weights.total());
    }
    return sums;
  }
  return std::nullopt;
}

/// ln of the sum of exp(score - maximum), 0 for a single token and where the status is bad.
template <std::floating_point S>
double Candidates<S>::log_mass() {
  if (log_mass_) return *log_mass_;
  if (vocabulary() > math::kBlockNumbers && sum_weights(math::kernels().sum)) return *log_mass_;
  if (status() != Status::ok) return 0;
  const double all = total().to_double();
  const Survivor best = peak();
  return *(log_mass_ = math::log(all / weigh({&best, 1}).to_double()));
}

/// Quick sums of tiles; none where they cannot be had, or the exact ones are known.
template <std::floating_point S>
auto Candidates<S>::sum_tiles_quickly() -> std::optional<math::QuickSums> {
  const bool quick = std::same_as<S, float> ? fits_kernels() : math::Weighing::fits(0, scale_);
  if (narrow_ || total_ || !quick) return std::nullopt;
  const math::Weighing weighing = this->weighing();
  const math::Kernels& kernels = math::kernels();
  double all = 0;
  for_each_run([&]<class Scalar>(const Scalar* numbers, std::size_t size, std::size_t first,
                                 const std::uint64_t* allowed) {
    float* const sums = &scratch_.tile_sums[first / math::kTile];
    if constexpr (std::same_as<Scalar, double>) {
      all += kernels.of_double.quick_sums(numbers, size, allowed, largest(), weighing, sums);
    } else {
      all += kernels.rows<Scalar>().quick_sums(numbers, size, allowed, weighing, sums);
    }
  });
  return math::QuickSums{.tiles = scratch_.tile_sums,
                         .all = all,
                         .size = double(vocabulary()),
                         .roundings = std::same_as<S, float> ? 2 : 3};
}

/// Sums of tiles in doubles, of a double row; none where the exact ones are known.
template <std::floating_point S>
auto Candidates<S>::sum_tiles_finely() -> std::optional<math::FineSums> {
  if constexpr (std::same_as<S, double>) {
    if (narrow_ || total_) return std::nullopt;
    auto& sums = scratch_.fine_sums;
    for_each_run([&](const double* numbers, std::size_t size, std::size_t first,
                     const std::uint64_t* allowed) {
      math::kernels().of_double.fine_sums(numbers, size, allowed, largest(), scale_ * math::kLog2E,
                                          &sums[first / math::kTile]);
    });
    const std::span<const double> tiles = std::span(sums).first(scratch_.tiles.size());
    return math::FineSums{
        .tiles = tiles, .all = math::sum_blocks(tiles), .size = double(vocabulary())};
  }
  return std::nullopt;
}

}  // namespace logitkit::inline LOGITKIT_ABI
