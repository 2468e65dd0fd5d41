// SPDX-License-Identifier: MIT
// Typical: locally typical sampling, keeps the tokens that surprise as much as one expects.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/min_keep.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct TypicalOptions {
  std::size_t min_keep = 1;  ///< so many of the nearest stay, >= 1
  bool keep_ties = false;    ///< all equals of the farthest that stays do, as in Hugging Face
};

/// Keeps a token iff the probability of all tokens strictly before it is < p, in ascending order of
/// |-ln(probability) - H|, where H is the entropy in nats: the token that crosses p stays, and at
/// least one does, which need not be the best. Equal distances, which are compared in the precision
/// of the row: the lower token is before the higher, or all stay if keep_ties. What is banned adds
/// nothing to H: 0 ln 0 = 0. p in (0, 1], usually 0.2 to 0.95; p = 1 keeps all. The min_keep
/// nearest always stay. An all-banned row stays empty. Cost: O(V) exponentials, twice, before
/// narrowing, O(survivors) after; never a sort. `Typical{0.95f, {.keep_ties = true}}`.
/// Source: Meister et al. 2022, "Locally typical sampling", arXiv 2202.00666, equation 10.
template <std::floating_point P = float>
class Typical {
 public:
  static constexpr bool whole_row = true;

  explicit Typical(P p, const TypicalOptions& options = {}) : p_(p), options_(options) {
    require(check(p, options));
  }

  [[nodiscard]] static std::string check(P p, const TypicalOptions& options = {}) {
    if (!(p > 0 && p <= 1)) return misuse("Typical", "p", "0 < p <= 1", double(p));
    return detail::check_min_keep("Typical", options.min_keep);
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (p_ == 1) return;
    const double entropy = candidates.entropy();  // first: it finds mass and status on its way
    if (candidates.status() != Status::ok) return;
    candidates.keep_near(candidates.log_sum_exp() - entropy, double(p_), options_.min_keep,
                         options_.keep_ties);
  }

  void describe(auto& tell) const {
    tell("typical", "p", p_)
        .option("min_keep", options_.min_keep, 1)
        .option("keep_ties", options_.keep_ties, false);
  }

 private:
  P p_;
  TypicalOptions options_;
};

template <std::integral I>
Typical(I, TypicalOptions = {}) -> Typical<float>;

static_assert(Processor<Typical<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
