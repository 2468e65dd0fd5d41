// SPDX-License-Identifier: MIT
// LengthPenalty: what a hypothesis' sum of log-probabilities is divided by, so that lengths
// compare.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/math/exponential.hpp>

#include <cstddef>

namespace logitkit::inline LOGITKIT_ABI {

/// length^exponent, or `gnmt(exponent)`: ((5 + length) / 6)^exponent, with -30 <= exponent <= 30.
/// Above 0 it favours longer texts, since log-probabilities are negative; 0 divides by 1. The
/// length is that of what was generated, the end token included; of nothing, the power is 1.
/// Source: Hugging Face's `length_penalty`; Wu et al. 2016, "Google's Neural Machine Translation
/// System", equation 14.
class LengthPenalty {
 public:
  /// A number is the power, so that `.length_penalty = 0.6` reads as it should.
  constexpr LengthPenalty(double exponent) noexcept : exponent_(exponent) {}
  [[nodiscard]] static constexpr LengthPenalty gnmt(double exponent) noexcept {
    LengthPenalty result(exponent);
    result.gnmt_ = true;
    return result;
  }

  [[nodiscard]] constexpr double exponent() const noexcept { return exponent_; }

  /// The divisor for a length; never falls with it where exponent > 0, never grows where < 0.
  [[nodiscard]] double operator()(std::size_t length) const {
    const double base = gnmt_ ? (5 + double(length)) / 6 : double(length);
    return base == 0 ? 1 : math::power(base, exponent_);
  }

  /// What is wrong with it as the field `length_penalty` of these options.
  [[nodiscard]] std::string check(const char* options) const {
    if (exponent_ >= -30 && exponent_ <= 30) return {};
    return misuse(options, "length_penalty", "-30 <= length_penalty <= 30", exponent_);
  }

 private:
  double exponent_;
  bool gnmt_ = false;
};

}  // namespace logitkit::inline LOGITKIT_ABI
