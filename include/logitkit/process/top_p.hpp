// SPDX-License-Identifier: MIT
// TopP: nucleus sampling, keeps the smallest set of best tokens that holds the mass p.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/min_keep.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps a token iff the probability of all tokens strictly before it, best first, is < p: the
/// token that crosses p stays. p in (0, 1], usually 0.8 to 0.95; p = 1 keeps all. Unlike TopK's,
/// the set follows the distribution: few tokens of a peaked one, many of a flat one.
/// The min_keep best stay in any case: the best by default. Equal scores: the lower token is before
/// the higher. An all-banned row stays empty.
/// Cost: O(V) exponentials before narrowing, O(survivors) after; never a sort.
/// `TopP{0.95f, {.min_keep = 2}}`.
/// Source: Holtzman et al. 2019, "The curious case of neural text degeneration", arXiv 1904.09751,
/// equation 2.
template <std::floating_point P = float>
class TopP {
 public:
  explicit TopP(P p, const MinKeep& options = {}) : p_(p), options_(options) {
    require(check(p, options));
  }

  [[nodiscard]] static std::string check(P p, const MinKeep& options = {}) {
    return p > 0 && p <= 1 ? detail::check_min_keep("TopP", options.min_keep)
                           : misuse("TopP", "p", "0 < p <= 1", double(p));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    candidates.keep_mass(double(p_), options_.min_keep);
  }

  void describe(auto& tell) const {
    tell("top_p", "p", p_).option("min_keep", options_.min_keep, 1);
  }

 private:
  P p_;
  MinKeep options_;
};

template <std::integral I>
TopP(I, MinKeep = {}) -> TopP<float>;

static_assert(Processor<TopP<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
