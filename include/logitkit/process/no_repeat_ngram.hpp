// SPDX-License-Identifier: MIT
// NoRepeatNgram: no run of n tokens twice.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/process/detail/ngram_index.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Bans a token iff the last n - 1 tokens followed by it have occurred in prompt and generated
/// text. n >= 1; n = 1 bans every token that has occurred. Nothing is banned while the sequence is
/// shorter than n. If nothing else is left, the status is `nothing_left`.
/// Cost: O(n + banned tokens), and O(n) amortised for each accepted token. `NoRepeatNgram{3}`.
/// Source: Paulus, Xiong, Socher 2017, "A deep reinforced model for abstractive summarization",
/// arXiv 1705.04304, section 2.5.
template <std::integral N = int>
class NoRepeatNgram {
 public:
  explicit NoRepeatNgram(N n) : seen_((require(check(n)), static_cast<std::size_t>(n))) {}

  [[nodiscard]] static std::string check(N n) {
    return n >= 1 ? std::string() : misuse("NoRepeatNgram", "n", "n >= 1", double(n));
  }

  void start(std::span<const Token> prompt) {
    for (const Token token : prompt) seen_.append(token);
  }
  void accept(Token token) { seen_.append(token); }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    seen_.for_each_next(seen_.text(), [&](Token token) {
      if (candidates.contains(token)) candidates.ban(token);
    });
  }

  void describe(auto& tell) const { tell("no_repeat_ngram", "n", seen_.n()); }

 private:
  detail::NgramIndex seen_;
};

static_assert(StatefulProcessor<NoRepeatNgram<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
