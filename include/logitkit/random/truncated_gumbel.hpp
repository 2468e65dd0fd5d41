// SPDX-License-Identifier: MIT
// Gumbel noise that is known to stay below a bound: how the best of many is followed by the next.
#pragma once

#include <logitkit/math/near_one.hpp>
#include <logitkit/random/uniform.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// A Gumbel number of this location, given that it is <= bound: with E = -ln(u) exponential,
///   -ln(exp(-bound) + E exp(-location)) = bound - ln(1 + E exp(bound - location)),
/// each form where it neither overflows nor loses digits; for a bound of +inf, a standard Gumbel
/// number and the location. It is the largest of several Gumbel numbers, given a bound on all, if
/// location is the ln of the sum of exp(theirs); so the second of a softmax's order follows from
/// the first, and so on, with no noise for those that do not come. location -inf gives -inf. The
/// same bits on every machine.
/// Source: Maddison, Tarlow, Minka 2014, "A* sampling", arXiv 1411.0030; the stable form as in
/// Kool, van Hoof, Welling 2019, "Stochastic beams and where to find them", arXiv 1903.06059,
/// appendix B.3.
[[nodiscard]] inline double truncated_gumbel(double location, double bound,
                                             std::uint64_t bits) noexcept {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (location == -kInfinity) return -kInfinity;
  const double exponential = -math::log(open_uniform(bits));
  const double above = bound - location;
  if (above > 0) return location - math::log(math::exp(-above) + exponential);
  // The product as one exponential: fed into a sum, it could be contracted.
  return bound - math::log1p(math::exp(above + math::log(exponential)));
}

}  // namespace logitkit::inline LOGITKIT_ABI
