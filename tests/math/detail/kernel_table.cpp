// SPDX-License-Identifier: MIT
// The table of kernels: each scalar finds its own.
#include <logitkit/math/detail/kernel_table.hpp>

#include "support/catch.hpp"

#include <logitkit/math/detail/lanes_portable.hpp>

namespace math = logitkit::math;

TEST_CASE("rows<Scalar>() are the functions of that scalar", "[kernels]") {
  const math::Kernels& table = math::portable::table();
  CHECK(table.rows<float>().scan == table.of_float.scan);
  CHECK(table.rows<Eigen::half>().scan == table.of_half.scan);
  CHECK(table.rows<Eigen::bfloat16>().scan == table.of_bfloat16.scan);
}

TEST_CASE("lowest_bit is the place of the lowest 1", "[kernels]") {
  for (unsigned bit = 0; bit < 16; ++bit) {
    CHECK(math::lowest_bit(1u << bit) == bit);
    CHECK(math::lowest_bit(0xffffu << bit) == bit);
  }
}
