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

TEST_CASE("a spread's centre is 0 or not nearly 0, and its lanes add up in a fixed order",
          "[kernels]") {
  for (const double x : {0.0, -0.0, 1e-40, -0x1p-21}) {
    for (const double variance : {0.0, 0x1p-21, std::nan("")}) {
      CHECK(math::Spread::centre(x, variance) == 0x1p-20f);
    }
    CHECK(math::Spread::centre(x, 0x1p-20) == 0);
  }
  for (const float x : {0x1p-20f, -0x1p-20f, 3.5f, -1e30f}) {
    const double square = double(x) * double(x);
    CHECK(math::Spread::centre(x, 0) == x);
    CHECK(math::Spread::centre(x, 0.99 * square) == x);
    CHECK(math::Spread::centre(x, square) == (square < 0x1p-20 ? x : 0.0f));
  }
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
