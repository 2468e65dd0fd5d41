// SPDX-License-Identifier: MIT
// The kernels of math/: what they cost beside reading the row once. See support/measure.hpp.
#include <logitkit/math/logarithm.hpp>
#include <logitkit/math/mass.hpp>
#include <logitkit/math/tiles.hpp>
#include <support/measure.hpp>

#include <cmath>

namespace lk = logitkit;
using bench::Distribution;

namespace {

bench::Subject floor_itself(std::size_t) {
  return {[](std::span<const float> row) { benchmark::DoNotOptimize(bench::floor_maximum(row)); },
          [](std::span<const float> row) {
            return bench::floor_maximum(row) == *std::max_element(row.begin(), row.end());
          }};
}

bench::Subject std_max_element(std::size_t) {
  return {[](std::span<const float> row) {
            benchmark::DoNotOptimize(std::max_element(row.begin(), row.end()));
          },
          [](std::span<const float>) { return true; }};
}

bench::Subject tile_maxima(std::size_t vocabulary) {
  const auto tiles =
      std::make_shared<std::vector<lk::math::OrderKey<float>>>(lk::math::tile_count(vocabulary));
  const auto find = [=](std::span<const float> row) {
    benchmark::DoNotOptimize(lk::math::scan(row.data(), row.size(), nullptr, tiles->data()));
    benchmark::ClobberMemory();
  };
  return {find, [=](std::span<const float> row) {
            find(row);
            const auto best = *std::max_element(tiles->begin(), tiles->end());
            return lk::math::from_order_key<float>(best) == bench::floor_maximum(row);
          }};
}

// The mass of all tokens: one exponential each, added up as integers.
bench::Subject mass(std::size_t) {
  const auto sum = [](std::span<const float> row) {
    const double best = bench::floor_maximum(row);
    lk::math::Mass total;
    for (const float logit : row) {
      total += lk::math::weight(lk::math::to_octaves((best - double(logit)) * lk::math::kLog2E));
    }
    return total.to_double() * 0x1p-62;
  };
  return {[sum](std::span<const float> row) { benchmark::DoNotOptimize(sum(row)); },
          [sum](std::span<const float> row) {
            const double best = bench::floor_maximum(row);
            double slow = 0;
            for (const float logit : row) slow += std::exp(double(logit) - best);
            return std::abs(sum(row) - slow) <= 1e-12 * slow;
          }};
}

}  // namespace

int main(int argc, char** argv) {
  bench::add_all("floor", {Distribution::llm}, floor_itself);
  bench::add("max_element", Distribution::llm, 128256, std_max_element);
  bench::add_all("tile_maxima", {Distribution::llm}, tile_maxima);
  bench::add_all("mass", {Distribution::llm, Distribution::gauss}, mass);
  return bench::run(argc, argv);
}
