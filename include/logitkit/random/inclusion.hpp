// SPDX-License-Identifier: MIT
// Sampling without replacement by Gumbel noise: how probable it was that an item came, and so how
// much each that came must count.
#pragma once

#include <logitkit/math/near_one.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// The probability that an item of this log-probability gets noise that takes it above a threshold:
/// 1 - exp(-exp(log_probability - threshold)). With the (k+1)-th largest perturbed score as the
/// threshold, that of being one of the k items of a sample; 1 if the threshold is -inf, because
/// there are no more than k.
[[nodiscard]] inline double inclusion_probability(double log_probability,
                                                  double threshold) noexcept {
  return 0 - math::expm1(-math::exp(log_probability - threshold));  // where that is 0, not -0
}

/// What an item of a sample without replacement stands for: its probability over that of its
/// inclusion. The sum of weight * f over the sample is an unbiased estimate of the expectation of
/// f; divided by the sum of the weights it has a small bias and usually a smaller variance.
/// Source: Kool, van Hoof, Welling 2019, "Stochastic beams and where to find them", arXiv
/// 1903.06059, equations 10 to 12; Horvitz, Thompson 1952.
[[nodiscard]] inline double importance_weight(double log_probability, double threshold) noexcept {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (log_probability == -kInfinity) return 0;
  // Of a long text both may be too small for a number; their ratio is not.
  if (log_probability < threshold - 40) return math::exp(threshold);
  return math::exp(log_probability) / inclusion_probability(log_probability, threshold);
}

}  // namespace logitkit::inline LOGITKIT_ABI
