// SPDX-License-Identifier: MIT
// BestOfNDecoder: draws n sequences independently and returns the best of them.
#pragma once

#include <logitkit/decode/samples.hpp>
#include <logitkit/random/philox_decider.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Sequence i draws from stream + i.
struct IndependentChoosers {
  [[nodiscard]] ChooseRandomly<PhiloxDecider> operator()(std::size_t i,
                                                         const SamplesOptions& options,
                                                         std::size_t) const {
    return {PhiloxDecider(options.seed, options.stream + i)};
  }
};

/// Sequence i is what RandomDecoder{chain, {.seed = seed, .stream = stream + i}} draws, token for
/// token: it depends neither on n nor on what the others drew or when they ended. They are ranked
/// by the sum of the model's log-probabilities, length-normalised, or by your scorer, such as a
/// reward model or a vote. OpenAI: n, best_of; vLLM: n.
/// Cost a token: for each sequence that of RandomDecoder, and a pass of exponentials for its score.
template <class C = Chain<>>
class BestOfNDecoder : public SamplesDecoder<C, IndependentChoosers> {
 public:
  explicit BestOfNDecoder(C chain = C(), const SamplesOptions& options = {})
      : SamplesDecoder<C, IndependentChoosers>(std::move(chain), {}, options) {}
};

}  // namespace logitkit::inline LOGITKIT_ABI
