// SPDX-License-Identifier: MIT
// Eta: keeps the tokens whose probability is at least a number that falls with the entropy.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/min_keep.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps a token iff probability >= eta = min(epsilon, sqrt(epsilon) * exp(-H)), where H is the
/// entropy of the candidates in nats. epsilon in (0, 1), usually 3e-4 to 2e-3. The min_keep best
/// stay in any case, with all equals of the last of them: the best and its equals by default. All
/// ties stay. An all-banned row stays empty.
/// Cost: O(V) exponentials before narrowing, O(survivors) after.
/// Source: Hewitt, Manning, Liang 2022, "Truncation sampling as language model desmoothing",
/// arXiv 2210.15191, section 4.2 (with alpha = sqrt(epsilon), as they and Hugging Face set it).
template <std::floating_point P = float>
class Eta {
 public:
  static constexpr bool whole_row = true;

  explicit Eta(P epsilon, const MinKeep& options = {})
      : epsilon_((require(check(epsilon, options)), epsilon)),
        log_epsilon_(math::log(double(epsilon))),
        options_(options) {}

  [[nodiscard]] static std::string check(P epsilon, const MinKeep& options = {}) {
    return epsilon > 0 && epsilon < 1
               ? detail::check_min_keep("Eta", options.min_keep)
               : misuse("Eta", "epsilon", "0 < epsilon < 1", double(epsilon));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    const double entropy = candidates.entropy();  // first: it finds mass and status on its way
    if (candidates.status() != Status::ok) return;
    const double log_eta = std::min(log_epsilon_, log_epsilon_ / 2 - entropy);
    // As a distance from the best, which is exact where the probabilities are.
    const double distance = log_eta - candidates.log_probability(candidates.best());
    detail::keep_above(candidates, candidates.maximum() + distance, options_);
  }

  void describe(auto& tell) const {
    tell("eta", "epsilon", epsilon_).option("min_keep", options_.min_keep, 1);
  }

 private:
  P epsilon_;
  double log_epsilon_;
  MinKeep options_;
};

static_assert(Processor<Eta<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
