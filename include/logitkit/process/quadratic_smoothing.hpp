// SPDX-License-Identifier: MIT
// QuadraticSmoothing: brings the good tokens closer together and pushes the bad ones away.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score' = m - factor d^2 (k - s d), where m is the largest score, d = score - m,
/// k = (3 - curve) / 2 and s = (curve - 1) / 2. factor in [0, +inf), finite; 0 is off: small is
/// flat. curve in [1, 3]: 1 is a parabola, more of it a steeper tail. The best token keeps its
/// score. Never changes the order of two tokens; only scores closer than 1e-20 may become equal,
/// and those so far down that they would overflow.
/// (text-generation-webui takes any curve; above 3 tokens near the best would overtake it, below 1
/// those at the very end would.) Banned stays banned. An all-banned row stays empty. Cost: O(size),
/// before narrowing a write of V scores: put it behind what truncates.
/// Source: kalomaze 2024, "Quadratic sampling", text-generation-webui pull request 5403; 5551 for
/// the curve.
class QuadraticSmoothing {
 public:
  explicit QuadraticSmoothing(double factor, double curve = 1) : factor_(factor), curve_(curve) {
    require(check(factor, curve));
  }

  [[nodiscard]] static std::string check(double factor, double curve = 1) {
    if (!(factor >= 0 && factor <= std::numeric_limits<double>::max())) {
      return misuse("QuadraticSmoothing", "factor", "0 <= factor < inf", factor);
    }
    if (!(curve >= 1 && curve <= 3)) {
      return misuse("QuadraticSmoothing", "curve", "1 <= curve <= 3", curve);
    }
    return {};
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (factor_ == 0 || candidates.status() != Status::ok) return;
    constexpr double kLowest = std::numeric_limits<double>::lowest();
    const double best = candidates.maximum(), k = (3 - curve_) / 2, s = (curve_ - 1) / 2;
    // From 0 down, where small differences keep their digits; then back to where they were.
    candidates.transform([=, factor = factor_](double score) {
      const double d = std::max(score - best, kLowest);
      return std::max(factor * d * d * std::fma(s, d, -k), kLowest);
    });
    candidates.shift(best);
  }

  void describe(auto& tell) const {
    tell("quadratic_smoothing", "factor", factor_).option("curve", curve_, 1);
  }

 private:
  double factor_;
  double curve_;
};

static_assert(Processor<QuadraticSmoothing>);

}  // namespace logitkit::inline LOGITKIT_ABI
