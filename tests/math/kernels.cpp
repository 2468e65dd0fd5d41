// SPDX-License-Identifier: MIT
// The kernels in use are those of the instruction set in use, and whole candidates agree on all.
#include <logitkit/math/kernels.hpp>

#include "support/catch.hpp"
#include "support/rows.hpp"

#include <logitkit/core/candidates.hpp>

namespace lk = logitkit;
namespace math = lk::math;

namespace {

/// Everything that a set of candidates decides, on one instruction set.
std::vector<double> decisions(const std::vector<float>& row) {
  lk::Workspace workspace;
  std::vector<double> all;
  for (const int step : {0, 1, 2, 3}) {
    lk::Candidates set(row, workspace);
    set.scale(1.25);
    if (step == 1) set.ban(0), set.add(lk::Token(row.size() / 2), 3);
    if (step == 2) set.keep_top(40);
    if (step == 3) set.keep_mass(0.9);
    all.insert(all.end(), {double(set.size()), double(set.best()), set.log_sum_exp()});
    for (const double u : {0.0, 0.2, 0.5, 0.9, 0.999999}) all.push_back(set.draw(u));
    for (const auto& [token, score] : set.sorted(20)) all.insert(all.end(), {double(token), score});
  }
  return all;
}

}  // namespace

TEST_CASE("the kernels are those of the set in use; every set decides alike", "[kernels]") {
  const auto found = math::instruction_set();
  REQUIRE(math::force_instruction_set(math::InstructionSet::baseline));
  REQUIRE(&math::kernels() == &math::portable::table());
  std::vector<std::vector<double>> expected;
  for (const auto& [name, row] : test::all_named_rows<float>()) expected.push_back(decisions(row));
  for (const auto set :
       {math::InstructionSet::avx2, math::InstructionSet::avx512, math::InstructionSet::neon}) {
    if (!math::force_instruction_set(set)) continue;
    REQUIRE(&math::kernels() != &math::portable::table());
    std::size_t i = 0;
    for (const auto& [name, row] : test::all_named_rows<float>()) {
      CAPTURE(name, to_string(set));
      REQUIRE(decisions(row) == expected[i++]);
    }
  }
  math::force_instruction_set(found);
}
