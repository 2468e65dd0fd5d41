// SPDX-License-Identifier: MIT
// The exponentials of every float, or of every so many: how far they are from a long double's.
//
//   exhaustive [every]       by default 1, which takes some minutes
//
// exp(x) where it is a number of its own; and the weight of a score that is x below the best, which
// must be the same on every instruction set and, as x falls, grow by no more than a float's last
// bit. Fails where an error is larger than the one that is stated.
#include "support/ulps.hpp"
#include "support/weight_error.hpp"

#include <logitkit/math/kernels.hpp>

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace math = logitkit::math;

namespace {

/// Calls f(block) for the floats from 0 away, to `last` and not beyond, every so many.
void for_each_block(float last, std::uint32_t every, const auto& f) {
  constexpr std::size_t kBlock = 4096;
  const std::uint32_t sign = std::bit_cast<std::uint32_t>(last) & 0x80000000u;
  const std::uint64_t end = std::bit_cast<std::uint32_t>(last) & 0x7fffffffu;
  std::vector<float> block;
  for (std::uint64_t bits = 0; bits <= end; bits += every) {
    block.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits) | sign));
    if (block.size() < kBlock && bits + every <= end) continue;
    f(block);
    block.clear();
  }
}

double worst_exp(float last, std::uint32_t every, std::uint64_t& count) {
  double worst = 0;
  for_each_block(last, every, [&](const std::vector<float>& block) {
    count += block.size();
    for (const float x : block) {
      const double ours = math::exp(double(x));
      worst = std::max(worst, test::ulps(ours, std::exp(static_cast<long double>(x))));
    }
  });
  return worst;
}

std::vector<std::uint64_t> weights_of(const std::vector<float>& scores) {
  std::vector<math::Entry<float>> entries;
  for (const float score : scores) entries.push_back({0, score});
  std::vector<std::int32_t> keys(scores.size() + 15);
  std::vector<std::uint64_t> weights(scores.size() + 15);
  math::kernels().weights(entries.data(), entries.size(), math::Weighing(0, 1), keys.data(),
                          weights.data());
  weights.resize(scores.size());
  return weights;
}

/// As a part of the weight, or of the least there is.
double worst_weight(std::uint32_t every, std::uint64_t& count, bool& good) {
  const auto best = math::instruction_set();
  double worst = 0;
  std::uint64_t before = ~std::uint64_t{0};
  for_each_block(-69, every, [&](const std::vector<float>& block) {
    count += block.size();
    const auto weights = weights_of(block);
    for (const auto set : {math::InstructionSet::baseline, math::InstructionSet::avx2}) {
      if (math::force_instruction_set(set)) good = good && weights_of(block) == weights;
    }
    math::force_instruction_set(best);
    for (std::size_t i = 0; i < block.size(); ++i) {
      good = good && static_cast<double>(weights[i]) <= static_cast<double>(before) * (1 + 0x1p-23);
      before = weights[i];
      const long double exact = std::exp(static_cast<long double>(block[i])) * 0x1p56L;
      const long double error = std::fabs(static_cast<long double>(weights[i]) - exact);
      // Integers: what is below 2^24 units is rounded down to a whole one.
      worst = std::max(worst, static_cast<double>(std::max(error - 1, 0.0L) / exact));
    }
  });
  return worst;
}

}  // namespace

int main(int argc, char** argv) {
  const auto every = argc > 1 ? static_cast<std::uint32_t>(std::strtoul(argv[1], nullptr, 10)) : 1;
  std::uint64_t exps = 0, weights = 0;
  const double ulps = std::max(worst_exp(709, every, exps), worst_exp(-708, every, exps));
  std::printf("exp of %llu floats: within %.3f units in the last place\n",
              static_cast<unsigned long long>(exps), ulps);
  bool good = ulps <= 2;
  const double error = worst_weight(every, weights, good);
  std::printf("weights of %llu floats: within %.3g of each, %s\n",
              static_cast<unsigned long long>(weights), error,
              good ? "in order, the same on every instruction set" : "WRONG");
  return good && error <= test::kWeightError<float> ? 0 : 1;
}
