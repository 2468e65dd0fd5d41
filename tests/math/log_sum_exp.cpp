// SPDX-License-Identifier: MIT
// The logarithm of a sum of exponentials: against long doubles, on every named row and scalar.
#include <logitkit/math/log_sum_exp.hpp>

#include "reference/inputs.hpp"
#include "reference/scores.hpp"
#include "support/catch.hpp"

namespace math = logitkit::math;

namespace {

template <class Scalar>
double log_sum_exp(const std::vector<Scalar>& row) {
  return math::log_sum_exp(row.data(), row.size());
}

}  // namespace

TEMPLATE_TEST_CASE("log_sum_exp agrees with a sum of long doubles", "", float, double) {
  for (const std::size_t size : {1u, 31u, 64u, 65u, 1000u, 1023u, 1024u, 1025u, 5000u}) {
    for (const auto& [name, row] : reference::inputs<TestType>(size)) {
      const long double slow = reference::log_sum_exp({row.begin(), row.end()});
      const long double within =
          (sizeof(TestType) == 4 ? 2e-7L : 1e-13L) + std::fabs(slow) * 1e-15L;
      CAPTURE(name, size);
      CHECK(std::fabs(log_sum_exp(row) - slow) <= within);
    }
  }
}

TEMPLATE_TEST_CASE("log_sum_exp of 16-bit rows", "", Eigen::half, Eigen::bfloat16) {
  std::vector<TestType> row;
  reference::Scores slow;
  for (const double x : reference::normal_row<double>(3000, 5)) {
    row.push_back(TestType(float(x)));
    slow.push_back(float(row.back()));
  }
  CHECK(std::fabs(log_sum_exp(row) - reference::log_sum_exp(slow)) < 2e-7L);
}

TEMPLATE_TEST_CASE("log_sum_exp of what is no sum", "", float, double) {
  constexpr TestType kInfinity = std::numeric_limits<TestType>::infinity();
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  using Row = std::vector<TestType>;
  CHECK(log_sum_exp(Row{}) == kNone);
  CHECK(log_sum_exp(Row(3000, -kInfinity)) == kNone);
  CHECK(log_sum_exp(Row{0, -kInfinity}) == 0);
  Row row(3000, 1);
  row[5] = kInfinity;
  CHECK(log_sum_exp(row) == -kNone);
  row[2999] = std::numeric_limits<TestType>::quiet_NaN();
  CHECK(math::is_nan(log_sum_exp(row)));
  row = Row(3000, -kInfinity);
  row[1500] = 7;  // the first parts have nothing to weigh against
  CHECK(log_sum_exp(row) == 7);
}

TEST_CASE("log_sum_exp is the same to the bit in every instruction set") {
  const auto row = reference::normal_row<float>(5000, 8);
  const double best = log_sum_exp(row);
  const math::InstructionSet own = math::instruction_set();
  for (const auto set : {math::InstructionSet::baseline, math::InstructionSet::avx2,
                         math::InstructionSet::avx512, math::InstructionSet::neon}) {
    if (math::force_instruction_set(set)) CHECK(log_sum_exp(row) == best);
  }
  math::force_instruction_set(own);
}
