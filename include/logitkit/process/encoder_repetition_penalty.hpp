// SPDX-License-Identifier: MIT
// EncoderRepetitionPenalty: makes tokens that the encoder has read more likely, by a factor.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <algorithm>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// For each distinct token that the encoder has read:
///
///   score' = score * r if score > 0, else score / r
///
/// r in (0, +inf), finite; 1 is off, > 1 rewards what the source says (the other way round than
/// RepetitionPenalty), < 1 discourages it. How often a token occurs changes nothing. Depends on
/// where zero lies, so it belongs before anything that shifts scores. A banned token stays banned;
/// a token that the row does not have is passed over. Cost: O(distinct tokens).
/// `EncoderRepetitionPenalty{1.2f, source}`. Source: Hugging Face's `encoder_repetition_penalty`.
template <std::floating_point P = float>
class EncoderRepetitionPenalty {
 public:
  EncoderRepetitionPenalty(P r, std::vector<Token> encoder_tokens)
      : r_(r), tokens_(std::move(encoder_tokens)) {
    require(check(r));
    std::sort(tokens_.begin(), tokens_.end());
    tokens_.erase(std::unique(tokens_.begin(), tokens_.end()), tokens_.end());
  }

  [[nodiscard]] static std::string check(P r) {
    return r > 0 && r <= std::numeric_limits<P>::max()
               ? std::string()
               : misuse("EncoderRepetitionPenalty", "r", "0 < r < inf", double(r));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    const double r = double(r_);
    for (const Token token : tokens_) {
      const double score = candidates.score(token);
      if (score == -std::numeric_limits<double>::infinity()) continue;
      candidates.set(token, score > 0 ? score * r : score / r);
    }
  }

  void describe(auto& tell) const {
    tell("encoder_repetition_penalty", "r", r_, "tokens", tokens_);
  }

 private:
  P r_;
  std::vector<Token> tokens_;  // distinct, ascending
};

template <std::integral I>
EncoderRepetitionPenalty(I, std::vector<Token>) -> EncoderRepetitionPenalty<float>;

static_assert(Processor<EncoderRepetitionPenalty<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
