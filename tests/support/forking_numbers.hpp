// SPDX-License-Identifier: MIT
// ForkingNumbers: random numbers that take every outcome of the comparisons they are used in.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <vector>

namespace test {

/// Stands for independent uniform numbers in [0,1), one for each key, of code that does nothing
/// with them but compare: `number * a < b`. Each comparison whose result is not yet certain has
/// both, one run after the other, with the exact probability of each; so what is walked is the
/// production code itself, with no search for its thresholds.
class ForkingNumbers {
 public:
  class Number {
   public:
    Number(ForkingNumbers& all, std::size_t key) : all_(&all), key_(key) {}
    [[nodiscard]] Number operator*(double factor) const {
      Number product = *this;
      product.factor_ *= factor;
      return product;
    }
    [[nodiscard]] bool operator<(double bound) const {
      return factor_ == 0 ? 0 < bound : all_->is_below(key_, bound / factor_);
    }

   private:
    ForkingNumbers* all_;
    std::size_t key_;
    double factor_ = 1;
  };

  [[nodiscard]] Number operator()(std::size_t key) { return {*this, key}; }

  /// Calls run() for each outcome; `weight()` is then its probability.
  template <class Run>
  void for_each_outcome(const Run& run) {
    results_.clear();
    do {
      known_.clear();
      asked_ = 0;
      weight_ = 1;
      run();
      while (!results_.empty() && !results_.back()) results_.pop_back();
      if (!results_.empty()) results_.back() = false;
    } while (!results_.empty());
  }

  [[nodiscard]] double weight() const { return weight_; }

 private:
  struct Range {
    double low = 0, high = 1;
  };

  bool is_below(std::size_t key, double bound) {
    Range& range = known_[key];
    if (bound <= range.low) return false;
    if (bound >= range.high) return true;
    if (asked_ == results_.size()) results_.push_back(true);
    const bool result = results_[asked_++];
    const double width = range.high - range.low;
    (result ? range.high : range.low) = bound;
    weight_ *= (range.high - range.low) / width;
    return result;
  }

  std::vector<bool> results_;  // of the comparisons that could go either way, in order
  std::size_t asked_ = 0;
  std::map<std::size_t, Range> known_;  // where each number lies
  double weight_ = 1;
};

}  // namespace test
