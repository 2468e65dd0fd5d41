// SPDX-License-Identifier: MIT
// BanSequences: bad words, sequences of tokens that must never come.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/core/sequence_matcher.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// score(last)' = -inf, for each sequence whose tokens but the last are what prompt and generated
/// text end with; one of a single token is banned always. `BanSequences{{{262, 198}, {318}}}`.
/// If nothing else is left, the status is `nothing_left`.
/// Cost: O(sequences that could end now), whatever their number; a token accepted amortised O(1).
/// Source: Hugging Face's `bad_words_ids`, which never bans an end token by itself, nor a sequence
/// of k tokens while there are fewer than k before it; here both are banned.
class BanSequences {
 public:
  using Sequences = std::vector<std::vector<Token>>;

  /// A template, so that the matcher's tables are compiled by those alone who make one.
  template <std::same_as<Sequences> S = Sequences>
  explicit BanSequences(S sequences) : matcher_(endings(std::move(sequences))) {}

  [[nodiscard]] static std::string check(const Sequences& sequences) {
    for (const auto& sequence : sequences) {
      if (sequence.empty()) return misuse("BanSequences", "each sequence", "length >= 1", 0);
      const std::string wrong = detail::check_tokens("BanSequences", "token", sequence);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }

  void start(std::span<const Token> prompt) {
    for (const Token token : prompt) matcher_.accept(token);
  }
  void accept(Token token) { matcher_.accept(token); }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    matcher_.for_each_match([&](Token last) { candidates.ban(last); });
  }

  void describe(auto& tell) const { tell("ban_sequences"); }

 private:
  using Matcher = SequenceMatcher<Token>;  // the last token of a sequence whose others are matched

  static std::vector<Matcher::Entry> endings(Sequences sequences) {
    require(check(sequences));
    std::vector<Matcher::Entry> all;
    for (auto& sequence : sequences) {
      const Token last = sequence.back();
      sequence.pop_back();
      all.emplace_back(std::move(sequence), last);
    }
    return all;
  }

  Matcher matcher_;
};

static_assert(StatefulProcessor<BanSequences>);

}  // namespace logitkit::inline LOGITKIT_ABI
