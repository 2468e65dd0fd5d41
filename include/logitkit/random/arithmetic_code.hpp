// SPDX-License-Identifier: MIT
// ArithmeticCode: one of n evenly spaced points of the unit interval, followed into ever smaller
// intervals without running out of digits.
#pragma once

#include <logitkit/math/mass_ratio.hpp>
#include <logitkit/random/philox_decider.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Code i of n is x = ((i + j) mod n + u) / n, where u in [0,1) has as many random digits as are
/// ever asked for and j is one of 0 to n - 1: j/n + u/n is uniform, so each code by itself is, and
/// together they are the points of a lattice, 1/n apart to the last digit.
///
/// The state is a whole number `code` in [0, range): the point lies in cell `code` of `range` equal
/// ones that the current interval has. Narrowing keeps the cells of a part; while these are fewer
/// than 2^56, each is cut into 256 by the next digit of x, which comes from long division by n. So
/// no digit is ever lost and none is used twice: a part of mass m of M is met with the probability
/// m / M to within 2^-56, however many tokens came before.
///
/// Bits: `bits(k)` gives 64 random bits for each k: j comes from k = 0, digits of u from k > 0 on.
/// Source: Vilnis et al. 2023, "Arithmetic sampling: parallel diverse decoding for large language
/// models", arXiv 2210.15458, section 4; the whole numbers as in Martin 1979, "Range encoding".
template <class Bits = PhiloxDecider>
class ArithmeticCode {
 public:
  /// Needs i < n <= 2^32.
  ArithmeticCode(std::uint64_t i, std::uint64_t n, Bits bits) : bits_(bits), n_(n) {
    const std::uint64_t j = math::multiply_high(bits_.bits(0), n);
    rest_ = i + j < n ? i + j : i + j - n;
    refine();
  }

  /// floor(total * x) of the present interval.
  [[nodiscard]] math::Mass quantile(const math::Mass& total) const {
    return math::multiply_divide({0, code_}, total, {0, range_}).floor;
  }

  /// Goes on within the part [before, before + own) of the total, in which the quantile must lie.
  void narrow(const math::Mass& before, const math::Mass& own, const math::Mass& total) {
    math::Mass after = before;
    after += own;
    const auto first_cell = [&](const math::Mass& mass) {
      return math::multiply_divide(mass, {0, range_}, total).ceiling().low;
    };
    const std::uint64_t first = first_cell(before);
    range_ = first_cell(after) - first;
    code_ -= first;
    refine();
  }

 private:
  /// Cuts cells until there are enough.
  void refine() {
    while (range_ >> 56 == 0) {
      const std::uint64_t word = bits_.bits(1 + digits_ / 8);
      const std::uint64_t digit_of_u = word >> (56 - 8 * (digits_ % 8)) & 255;
      ++digits_;
      rest_ = rest_ << 8 | digit_of_u;
      code_ = code_ << 8 | rest_ / n_;
      range_ <<= 8;
      rest_ %= n_;
    }
  }

  Bits bits_;
  std::uint64_t n_;
  std::uint64_t code_ = 0, range_ = 1;
  std::uint64_t rest_;        // of the division by n
  std::uint64_t digits_ = 0;  // of u, that have been used
};

}  // namespace logitkit::inline LOGITKIT_ABI
