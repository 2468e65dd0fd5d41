// SPDX-License-Identifier: MIT
// SequenceBias: makes whole sequences of tokens more or less likely.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/core/sequence_matcher.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score(last)' = score(last) + bias, for each {tokens, bias} given whose tokens but the last are
/// what prompt and generated text end with; one of a single token applies always. bias in
/// [-inf, +inf): -inf bans. Where several apply to a token, it gets each, the longest sequence
/// first. A banned token stays banned. `SequenceBias{{{{262, 198}, -1.5f}, {{318}, 2.0f}}}`.
/// Cost: O(sequences that could end now), whatever their number; a token accepted amortised O(1).
/// Source: Hugging Face's SequenceBiasLogitsProcessor, which leaves out a sequence of k tokens
/// while there are fewer than k before it; here k - 1 are enough.
template <std::floating_point P = float>
class SequenceBias {
 public:
  explicit SequenceBias(std::vector<std::pair<std::vector<Token>, P>> biases)
      : matcher_(endings(std::move(biases))) {}

  [[nodiscard]] static std::string check(
      const std::vector<std::pair<std::vector<Token>, P>>& biases) {
    for (const auto& [sequence, bias] : biases) {
      if (sequence.empty()) return misuse("SequenceBias", "each sequence", "length >= 1", 0);
      const std::string wrong = detail::check_tokens("SequenceBias", "token", sequence);
      if (!wrong.empty()) return wrong;
      if (!(bias <= std::numeric_limits<P>::max())) {
        return misuse("SequenceBias", "bias", "-inf <= bias < inf", double(bias));
      }
    }
    return {};
  }

  void start(std::span<const Token> prompt) {
    for (const Token token : prompt) matcher_.accept(token);
  }
  void accept(Token token) { matcher_.accept(token); }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    matcher_.for_each_match(
        [&](const Ending& ending) { candidates.add(ending.token, double(ending.bias)); });
  }

  void describe(auto& tell) const { tell("sequence_bias"); }

 private:
  struct Ending {  // of a sequence whose other tokens are matched
    Token token;
    P bias;
  };
  using Matcher = SequenceMatcher<Ending>;

  static std::vector<typename Matcher::Entry> endings(
      std::vector<std::pair<std::vector<Token>, P>> biases) {
    require(check(biases));
    std::vector<typename Matcher::Entry> all;
    for (auto& [sequence, bias] : biases) {
      const Ending ending{sequence.back(), bias};
      sequence.pop_back();
      all.emplace_back(std::move(sequence), ending);
    }
    return all;
  }

  Matcher matcher_;
};

static_assert(StatefulProcessor<SequenceBias<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
