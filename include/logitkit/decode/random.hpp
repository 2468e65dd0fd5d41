// SPDX-License-Identifier: MIT
// RandomDecoder: draws each token from the distribution that the chain leaves.
#pragma once

#include <logitkit/decode/sequence.hpp>
#include <logitkit/random/philox_decider.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct RandomOptions {
  std::uint64_t seed = 0;    ///< the same seed and logits give the same tokens, everywhere
  std::uint64_t stream = 0;  ///< independent numbers for the same seed: one for each of n samples
  Report report{};
};

/// Draws each token with the probability that the chain leaves it.
///
///     const lk::RandomDecoder random{lk::Chain{lk::TopK{40}, lk::TopP{0.95f}}, {.seed = 42}};
///     lk::Generation text = random.decode(model, prompt, {.max_new_tokens = 64});
///
/// `decode`, `start` for an engine that owns its loop, and `next`: see SequenceDecoder.
/// By inverse CDF, with one number a token, keyed by seed, stream and position: a token of
/// probability p comes with probability p, to within 1.5e-7 p for float rows and V 2^-57 + 2^-53
/// for double ones; one of probability 0 never.
/// Alone it draws the rare nonsense token, too: truncate with TopK, TopP or MinP.
/// Cost a token: one read of the row, and exponentials of what the chain has left.
template <class C = Chain<>, Decider D = PhiloxDecider>
class RandomDecoder : public SequenceDecoder<C, ChooseRandomly<D>> {
 public:
  explicit RandomDecoder(C chain = C(), RandomOptions options = {})
    requires std::same_as<D, PhiloxDecider>
      : RandomDecoder(std::move(chain), PhiloxDecider(options.seed, options.stream),
                      options.report) {}

  /// With a decider of one's own, such as a test that walks every outcome.
  RandomDecoder(C chain, D decider, Report report = {})
      : SequenceDecoder<C, ChooseRandomly<D>>(std::move(chain), {std::move(decider)}, report) {}
};

template <class C>
RandomDecoder(C, RandomOptions) -> RandomDecoder<C, PhiloxDecider>;

}  // namespace logitkit::inline LOGITKIT_ABI
