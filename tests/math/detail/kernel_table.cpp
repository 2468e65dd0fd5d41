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

TEST_CASE("a spread's centre is never nearly zero, and its lanes add up in a fixed order",
          "[kernels]") {
  for (const float x : {0.0f, -0.0f, 1e-40f, -0x1p-21f}) {
    CHECK(math::Spread::centre(x) == 0x1p-20f);
  }
  for (const float x : {0x1p-20f, -0x1p-20f, 3.5f, -1e30f}) CHECK(math::Spread::centre(x) == x);
  math::LaneSums sums;
  for (int i = 0; i < 16; ++i) sums.lanes[i] = i;
  CHECK(sums.total() == 120);
  sums.lanes[0] = 1e300, sums.lanes[8] = -1e300;  // the first two that meet
  CHECK(sums.total() == 112);
}

TEST_CASE("the sum of a block is that of its tiles", "[kernels]") {
  float sums[16];
  for (int i = 0; i < 16; ++i) sums[i] = static_cast<float>(i + 1);
  for (std::size_t count = 0; count <= 16; ++count) {
    CHECK(math::sum_block(sums, count) == static_cast<double>(count * (count + 1)) / 2);
  }
}
