// SPDX-License-Identifier: MIT
// The kernels of math/, beside reading the row once.
#include <logitkit/math/logarithm.hpp>
#include <logitkit/math/mass.hpp>
#include <logitkit/math/tiles.hpp>
#include <support/measure.hpp>

#include <cmath>

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

/// The mass of all tokens: one exponential each, added up as integers.
Method mass(std::size_t) {
  return bench::method(
      [](const Logits& row) {
        const double best = bench::floor_maximum(row);
        lk::math::Mass total;
        for (const float logit : row.floats) {
          total +=
              lk::math::weight(lk::math::to_octaves((best - double(logit)) * lk::math::kLog2E));
        }
        return total.to_double() * 0x1p-62;
      },
      [](const Logits& row, double sum) {
        const double best = bench::floor_maximum(row);
        double slow = 0;
        for (const float logit : row.floats) slow += std::exp(double(logit) - best);
        return std::abs(sum - slow) <= 1e-12 * slow;
      });
}

const bench::Part kPart("math", [] {
  using enum bench::Distribution;
  bench::add({"floor", floor_itself}, {{llm}});
  bench::add({"tile_maxima", tile_maxima}, {{llm}});
  bench::add({"mass", mass}, {{llm, gauss}});
});

}  // namespace
