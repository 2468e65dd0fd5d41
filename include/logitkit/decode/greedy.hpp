// SPDX-License-Identifier: MIT
// GreedyDecoder: the best token at every step; what has been taken once is never taken back.
#pragma once

#include <logitkit/decode/sequence.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct GreedyOptions {
  Report report{};
};

/// Chooses the largest score after the chain; equal scores, the lower token.
///
///     const lk::GreedyDecoder greedy{lk::Chain{lk::RepetitionPenalty{1.1f}}};  // or no chain
///     lk::Generation text = greedy.decode(model, prompt, {.max_new_tokens = 64});
///
/// `decode`, `start` for an engine that owns its loop, and `next`: see SequenceDecoder.
/// Cost a token: one read of the row, and what the chain costs.
template <class C = Chain<>>
class GreedyDecoder : public SequenceDecoder<C, ChooseBest> {
 public:
  explicit GreedyDecoder(C chain = C(), GreedyOptions options = {})
      : SequenceDecoder<C, ChooseBest>(std::move(chain), {}, options.report) {}
};

}  // namespace logitkit::inline LOGITKIT_ABI
