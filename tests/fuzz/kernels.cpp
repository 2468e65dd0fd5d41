// SPDX-License-Identifier: MIT
// Differential fuzz: every function of the table of kernels against its twins, for long.
//
//   kernels [baseline | avx2 | avx512 | neon] [elements, 1000000] [seed, 1]
//
// Exit code 77 if the machine lacks the set, 1 with the row's seed and size at the first mismatch.
#include "../support/kernel_trial.hpp"

#include <logitkit/math/kernels.hpp>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace math = logitkit::math;

int main(int argc, char** argv) {
  using math::InstructionSet;
  if (argc > 1) {
    bool forced = false;
    for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512,
                           InstructionSet::neon}) {
      if (argv[1] == std::string_view(to_string(set))) forced = math::force_instruction_set(set);
    }
    if (!forced) {
      std::printf("this machine has no %s\n", argv[1]);
      return 77;
    }
  }
  const std::uint64_t elements = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1000000;
  const std::uint64_t seed = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1;
  try {
    test::try_kernels(math::kernels(), elements, seed);
    std::printf("%s: %llu elements, no mismatch\n", to_string(math::instruction_set()),
                static_cast<unsigned long long>(elements));
  } catch (const std::exception& mismatch) {
    std::printf("%s\n", mismatch.what());
    return 1;
  }
  return 0;
}
