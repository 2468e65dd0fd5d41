// SPDX-License-Identifier: MIT
// Temperature: flattens (T > 1) or sharpens (T < 1) the distribution.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score' = score / T. T in {0} or [1e-30, +inf), finite, usually 0.2 to 1.5: low is confident,
/// high is flat. Before TopP and its like it changes what they keep, after them only the draw.
/// T = 0 is the limit without its division: all but the best token are banned.
/// Never changes the order of two tokens, not even by rounding. Banned stays banned.
/// Cost: O(1), the factor is carried along; T = 0: one narrowing.
/// Source: Ackley, Hinton, Sejnowski 1985, "A learning algorithm for Boltzmann machines".
template <std::floating_point P = float>
class Temperature {
 public:
  explicit Temperature(P temperature) : temperature_(temperature) { require(check(temperature)); }

  [[nodiscard]] static std::string check(P temperature) {
    const bool good = temperature == 0 ||
                      (temperature >= P(1e-30) && temperature <= std::numeric_limits<P>::max());
    return good ? std::string()
                : misuse("Temperature", "T", "T = 0 or 1e-30 <= T < inf", double(temperature));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (temperature_ == 0) {
      candidates.keep_top(1);
    } else {
      candidates.scale(1 / double(temperature_));
    }
  }

  void describe(auto& tell) const { tell("temperature", "T", temperature_); }

 private:
  P temperature_;
};

template <std::integral I>
Temperature(I) -> Temperature<float>;

static_assert(Processor<Temperature<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
