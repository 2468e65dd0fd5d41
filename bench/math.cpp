// SPDX-License-Identifier: MIT
// The kernels of math/, beside reading the row once.
#include <logitkit/math/kernels.hpp>
#include <logitkit/math/tiles.hpp>
#include <support/measure.hpp>

#include <cmath>
#include <memory>
#include <vector>

namespace lk = logitkit;
using bench::Logits, bench::Method;

namespace {

/// The floor beside itself: how well the measurement repeats.
Method floor_itself(std::size_t) {
  return bench::method([](const Logits& row) { return bench::floor_maximum(row); },
                       [](const Logits& row, float maximum) {
                         return maximum == *std::max_element(row.floats.begin(), row.floats.end());
                       });
}

Method tile_maxima(std::size_t vocabulary) {
  using Keys = std::vector<lk::math::OrderKey<float>>;
  const auto tiles = std::make_shared<Keys>(lk::math::tile_count(vocabulary));
  return bench::method(
      [=](const Logits& row) {
        const bool sound =
            lk::math::scan(row.floats.data(), row.floats.size(), nullptr, tiles->data());
        return sound ? tiles.get() : nullptr;
      },
      [](const Logits& row, const Keys* keys) {
        if (keys == nullptr) return false;
        const auto best = *std::max_element(keys->begin(), keys->end());
        return lk::math::from_order_key<float>(best) == bench::floor_maximum(row);
      });
}

/// What all tokens weigh, as parts of what the best one does: one exponential each, added up by
/// `sum(row, weighing)` in units of 2^-`unit`.
template <class F>
bench::Maker weights(F sum, int unit) {
  return [=](std::size_t) {
    return bench::method(
        [=](const Logits& row) {
          const double best = bench::floor_maximum(row);
          const lk::math::Weighing weighing(best, 1);
          const double of_best = std::exp2(best * lk::math::kLog2E - double(weighing.reference));
          return std::ldexp(sum(row.floats, weighing), -unit) / of_best;
        },
        [](const Logits& row, double total) {
          const double best = bench::floor_maximum(row);
          double slow = 0;
          for (const float logit : row.floats) slow += std::exp(double(logit) - best);
          return std::abs(total - slow) <= 2e-6 * slow;
        });
  };
}

const bench::Part kPart("math", [] {
  using enum bench::Distribution;
  bench::add({"floor", floor_itself}, {{llm}});
  bench::add({"tile_maxima", tile_maxima}, {{llm}});
  // What it costs that all machines share the bits: sums with their own bits, the same as floats
  // with the same bits, both in the read that finds the tiles; and as integers that no order
  // changes.
  const auto tiles = std::make_shared<std::vector<std::int32_t>>();
  const auto own = [=, sums = std::make_shared<std::vector<float>>()](auto row,
                                                                      const auto& weighing) {
    tiles->resize(lk::math::tile_count(row.size()));
    sums->resize(tiles->size());
    return lk::math::kernels().of_float.scan_and_sum(row.data(), row.size(), weighing,
                                                     tiles->data(), sums->data());
  };
  const auto shared = [=](auto row, const auto& weighing) {
    tiles->resize(lk::math::tile_count(row.size()));
    lk::math::WeightSums sums;
    lk::math::kernels().sum(row.data(), row.size(), weighing.high, false, tiles->data(), sums);
    const float octaves = sums.largest * weighing.high;
    return sums.weights.total() * std::exp2(double(octaves) - double(weighing.reference));
  };
  const auto integers = [](auto row, const auto& weighing) {
    return lk::math::kernels().mass(row.data(), row.size(), weighing).to_double();
  };
  bench::add({"sums_of_own_bits", weights(own, 0)}, {{llm}});
  bench::add({"sums_of_shared_bits", weights(shared, 0)}, {{llm}});
  bench::add({"sums_of_integers", weights(integers, lk::math::Weighing::kUnit)}, {{llm}});
});

}  // namespace
