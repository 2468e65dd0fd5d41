// SPDX-License-Identifier: MIT
// GreedyDecoder: the best token at every step; what has been taken once is never taken back.
#pragma once

#include <logitkit/decode/sequence.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct GreedyOptions {
  Report report{};
};

/// Chooses the largest score after the chain; equal scores, the lower token. `GreedyDecoder
/// greedy;` has no chain. Cost a token: one read of the row.
template <class C = Chain<>>
class GreedyDecoder : public SequenceDecoder<C, ChooseBest> {
 public:
  explicit GreedyDecoder(C chain = C(), GreedyOptions options = {})
      : SequenceDecoder<C, ChooseBest>(std::move(chain), {}, options.report) {}
};

}  // namespace logitkit::inline LOGITKIT_ABI
