// SPDX-License-Identifier: MIT
// The instruction set: found once, forced by tests alone, and never one that the machine lacks.
#include <logitkit/math/instruction_set.hpp>

#include "support/catch.hpp"

#include <string>

namespace math = logitkit::math;
using math::InstructionSet;

TEST_CASE("the best set that the machine has is in use until a test says otherwise") {
  const InstructionSet found = math::instruction_set();
  CHECK(math::supports(found));
  CHECK(math::supports(InstructionSet::baseline));
  for (const auto set : {InstructionSet::baseline, InstructionSet::avx2, InstructionSet::avx512,
                         InstructionSet::neon}) {
    CHECK(math::force_instruction_set(set) == math::supports(set));
    CHECK((math::instruction_set() == set) == math::supports(set));
  }
  CHECK(math::force_instruction_set(found));
}

TEST_CASE("instruction sets print") {
  CHECK(std::string(to_string(InstructionSet::baseline)) == "baseline");
  CHECK(std::string(to_string(InstructionSet::avx2)) == "avx2");
  CHECK(std::string(to_string(InstructionSet::avx512)) == "avx512");
  CHECK(std::string(to_string(InstructionSet::neon)) == "neon");
  CHECK(std::string(to_string(static_cast<InstructionSet>(200))) == "unknown");
}
