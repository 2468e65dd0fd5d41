// SPDX-License-Identifier: MIT
// TopNSigma: keeps the tokens that are at most n standard deviations below the best one.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps a token iff score >= maximum - n * sigma, where sigma is the population standard deviation
/// of the scores that are not banned, each counting alike. n in (0, +inf), finite. All ties stay,
/// and so does the best. Whether a temperature comes before or after makes no difference, since it
/// scales both sides; a narrowing does, since sigma is then that of the survivors. An all-banned
/// row stays empty. Cost: one read of the row before narrowing, two if something has read or edited
/// it before; O(survivors) after.
/// Source: Tang et al. 2024, "Top-n-sigma: not all logits are you need", arXiv 2411.07641,
/// algorithm 1; what is banned is left out of sigma, as in llama.cpp.
template <std::floating_point P = float>
class TopNSigma {
 public:
  static constexpr bool whole_row = true;

  explicit TopNSigma(P n) : n_(n) { require(check(n)); }

  [[nodiscard]] static std::string check(P n) {
    return n > 0 && n <= std::numeric_limits<P>::max()
               ? std::string()
               : misuse("TopNSigma", "n", "0 < n < inf", double(n));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    const double sigma = candidates.deviation();  // before anyone else reads the row
    if (candidates.status() != Status::ok) return;
    candidates.keep_above(std::fma(-double(n_), sigma, candidates.maximum()));
  }

  void describe(auto& tell) const { tell("top_n_sigma", "n", n_); }

 private:
  P n_;
};

template <std::integral I>
TopNSigma(I) -> TopNSigma<float>;

static_assert(Processor<TopNSigma<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
