// SPDX-License-Identifier: MIT
// Rows and logits, compiled once for all tests.
#include "support/rows.hpp"

#include "support/models.hpp"

#include <logitkit/random/philox.hpp>

namespace test {

std::uint64_t Random::bits() {
  const auto words = logitkit::philox4x32(
      {static_cast<std::uint32_t>(count_), static_cast<std::uint32_t>(count_ >> 32), 0, 0},
      {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
  ++count_;
  return std::uint64_t{words[2]} << 32 | words[3];
}

double Random::gauss() {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += uniform();
  return sum;
}

template std::vector<float> gauss_row<float>(std::size_t, double, std::uint64_t);
template std::vector<double> gauss_row<double>(std::size_t, double, std::uint64_t);
template std::vector<NamedRow<float>> named_rows<float>(std::size_t);
template std::vector<NamedRow<double>> named_rows<double>(std::size_t);
template void write_logits<float>(std::uint64_t, std::size_t, float*);
template void write_logits<double>(std::uint64_t, std::size_t, double*);

}  // namespace test
