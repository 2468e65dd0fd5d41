// SPDX-License-Identifier: MIT
// TopP: nucleus sampling, keeps the smallest set of best tokens that holds the mass p.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps a token iff the probability of all tokens strictly before it, best first, is < p: the
/// token that crosses p stays, and at least one does. p in (0, 1]; p = 1 keeps all. Equal scores:
/// the lower token is before the higher. An all-banned row stays empty. Cost: O(V) exponentials
/// before narrowing, O(survivors) after; never a sort. Source: Holtzman et al. 2019, "The curious
/// case of neural text degeneration", arXiv 1904.09751, equation 2.
template <std::floating_point P = float>
class TopP {
 public:
  explicit TopP(P p) : p_(p) { require(check(p)); }

  [[nodiscard]] static std::string check(P p) {
    return p > 0 && p <= 1 ? std::string() : misuse("TopP", "p", "0 < p <= 1", double(p));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    candidates.keep_mass(double(p_));
  }

  void describe(auto& tell) const { tell("top_p", "p", p_); }

 private:
  P p_;
};

template <std::integral I>
TopP(I) -> TopP<float>;

static_assert(Processor<TopP<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
