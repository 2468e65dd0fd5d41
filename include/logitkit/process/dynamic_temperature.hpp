// SPDX-License-Identifier: MIT
// DynamicTemperature: flattens where the model hesitates, sharpens where it is sure.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score' = score / T with T = min + (max - min) * (H / ln n)^exponent, where H is the entropy of
/// the n tokens that can come and ln n the largest that n tokens can have: T = min for a model that
/// is certain, max for one that has no idea. min <= max, each in {0} or [1e-30, +inf), finite;
/// where both are the same it is Temperature. exponent in [0, +inf), finite: 1 is a straight line,
/// above 1 stays near min for longer. Where T is below 1e-30, all but the best token are banned,
/// which is the limit. A single token stays as it is. Never changes the order of two tokens. Banned
/// stays banned, and does not count in n (llama.cpp counts it, so that a mask cools the text down).
/// Cost: O(size) exponentials: put it behind what truncates; min = max: O(1).
/// Source: kalomaze 2024, "Dynamic temperature", koboldcpp pull request 600; llama.cpp pull request
/// 4972, whose t and range are min = max(0, t - range) and max = t + range.
class DynamicTemperature {
 public:
  static constexpr bool whole_row = true;

  DynamicTemperature(double min, double max, double exponent = 1)
      : min_(min), max_(max), exponent_(exponent) {
    require(check(min, max, exponent));
  }

  [[nodiscard]] static std::string check(double min, double max, double exponent = 1) {
    constexpr double kMax = std::numeric_limits<double>::max();
    if (!(min == 0 || (min >= kLeast && min <= kMax))) {
      return misuse("DynamicTemperature", "min", "min = 0 or 1e-30 <= min < inf", min);
    }
    if (!(max == min || (max >= kLeast && max >= min && max <= kMax))) {
      return misuse("DynamicTemperature", "max", "max = min or max >= 1e-30 and min <= max < inf",
                    max);
    }
    if (!(exponent >= 0 && exponent <= kMax)) {
      return misuse("DynamicTemperature", "exponent", "0 <= exponent < inf", exponent);
    }
    return {};
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    const double temperature = min_ == max_ ? min_ : of(candidates);
    if (temperature < kLeast) {
      candidates.keep_top(1);
    } else {
      candidates.scale(1 / temperature);
    }
  }

  void describe(auto& tell) const {
    tell("dynamic_temperature", "min", min_, "max", max_, "exponent", exponent_);
  }

 private:
  static constexpr double kLeast = 1e-30;

  /// The temperature for these candidates.
  template <std::floating_point S>
  [[nodiscard]] double of(Candidates<S>& candidates) const {
    const double entropy = candidates.entropy();  // first: it finds the status on its way
    if (candidates.status() != Status::ok) return 1;
    const std::size_t n = candidates.count();
    if (n == 1) return 1;
    const double part = std::min(entropy / math::log(double(n)), 1.0);
    return std::fma(max_ - min_, math::power(part, exponent_), min_);
  }

  double min_;
  double max_;
  double exponent_;
};

static_assert(Processor<DynamicTemperature>);

}  // namespace logitkit::inline LOGITKIT_ABI
