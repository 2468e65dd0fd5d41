// SPDX-License-Identifier: MIT
// ArithmeticDecoder: draws n sequences at once that are spread evenly over the distribution.
#pragma once

#include <logitkit/decode/samples.hpp>
#include <logitkit/random/arithmetic_code.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Chooses the token whose part of the unit interval a code lies in, and follows it there.
template <class Bits = PhiloxDecider>
struct ChooseByCode {
  ArithmeticCode<Bits> code;

  template <std::floating_point S>
  [[nodiscard]] Token operator()(Candidates<S>& candidates, std::size_t) {
    const Share share =
        candidates.share_at([this](const math::Mass& total) { return code.quantile(total); });
    if (share.token != kNoToken) code.narrow(share.before, share.own, share.total);
    return share.token;
  }
};

/// Sequence i follows code i of n. The bits are keyed by seed, stream and length of the prompt.
struct CodeChoosers {
  [[nodiscard]] ChooseByCode<> operator()(std::size_t i, const SamplesOptions& options,
                                          std::size_t position) const {
    const std::uint64_t key = PhiloxDecider(options.seed, options.stream).bits(position);
    return {ArithmeticCode(i, options.n, PhiloxDecider(key))};
  }
};

/// The tokens of a step divide the unit interval in ascending order, each its probability wide, and
/// those of the next step divide each of these parts in turn: a sequence of probability p is an
/// interval of that width. The n sequences are those at n points 1/n apart, shifted at random:
/// each by itself is an exact draw from the chain's distribution, so that means over them are
/// unbiased; together they have a sequence of probability p floor(np) or ceil(np) times, as near
/// to its expectation as can be, where independent draws would repeat and miss. p is what tokens
/// multiply up to, each to within 2^-56: see ArithmeticCode.
///
/// The n sequences need nothing of each other, and a batch may be split in any way; but what each
/// draws depends on n. `n_best` and the scorer rank them as those of BestOfNDecoder are ranked.
/// Cost a token: one read of the row and one pass of exact masses for each sequence.
/// Source: Vilnis et al. 2023, "Arithmetic sampling: parallel diverse decoding for large language
/// models", algorithm 1.
template <class C = Chain<>>
class ArithmeticDecoder : public SamplesDecoder<C, CodeChoosers> {
 public:
  explicit ArithmeticDecoder(C chain = C(), const SamplesOptions& options = {})
      : SamplesDecoder<C, CodeChoosers>(std::move(chain), {}, options) {}
};

}  // namespace logitkit::inline LOGITKIT_ABI
