// SPDX-License-Identifier: MIT
// Epsilon: keeps the tokens whose probability is at least a fixed number.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/min_keep.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps a token iff probability >= epsilon, that is score >= log_sum_exp + ln(epsilon).
/// epsilon in (0, 1), usually 3e-4 to 9e-4. The min_keep best stay in any case, with all equals of
/// the last of them: the best and its equals by default. All ties stay. An all-banned row stays
/// empty.
/// Cost: O(V) exponentials before narrowing, O(survivors) after.
/// Source: Hewitt, Manning, Liang 2022, "Truncation sampling as language model desmoothing",
/// arXiv 2210.15191, section 4.1.
template <std::floating_point P = float>
class Epsilon {
 public:
  explicit Epsilon(P epsilon, const MinKeep& options = {})
      : epsilon_((require(check(epsilon, options)), epsilon)),
        log_epsilon_(math::log(double(epsilon))),
        options_(options) {}

  [[nodiscard]] static std::string check(P epsilon, const MinKeep& options = {}) {
    return epsilon > 0 && epsilon < 1
               ? detail::check_min_keep("Epsilon", options.min_keep)
               : misuse("Epsilon", "epsilon", "0 < epsilon < 1", double(epsilon));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (candidates.status_and_mass() != Status::ok) return;
    // As a distance from the best, which is exact where the probabilities are.
    const double distance = log_epsilon_ - candidates.log_probability(candidates.best());
    detail::keep_above(candidates, candidates.maximum() + distance, options_);
  }

  void describe(auto& tell) const {
    tell("epsilon", "epsilon", epsilon_).option("min_keep", options_.min_keep, 1);
  }

 private:
  P epsilon_;
  double log_epsilon_;
  MinKeep options_;
};

static_assert(Processor<Epsilon<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
