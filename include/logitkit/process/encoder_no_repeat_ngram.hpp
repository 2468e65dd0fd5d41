// SPDX-License-Identifier: MIT
// EncoderNoRepeatNgram: no run of n tokens that the encoder has read.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/process/detail/ngram_index.hpp>

#include <memory>

namespace logitkit::inline LOGITKIT_ABI {

/// Bans a token iff the last n - 1 tokens followed by it occur in what the encoder has read.
/// n >= 1; n = 1 bans every token of it. Nothing is banned while the sequence is shorter than
/// n - 1. If nothing else is left, the status is `nothing_left`. Copies share the encoder's
/// n-grams, which never change.
/// Cost: O(n + banned tokens); O(n * encoder tokens) once. `EncoderNoRepeatNgram{3, source}`.
/// Source: Hugging Face's `encoder_no_repeat_ngram_size`.
template <std::integral N = int>
class EncoderNoRepeatNgram {
 public:
  EncoderNoRepeatNgram(N n, std::span<const Token> encoder_tokens) {
    require(check(n));
    detail::NgramIndex read(static_cast<std::size_t>(n));
    for (const Token token : encoder_tokens) read.append(token);
    read_ = std::make_shared<const detail::NgramIndex>(std::move(read));
  }

  [[nodiscard]] static std::string check(N n) {
    return n >= 1 ? std::string() : misuse("EncoderNoRepeatNgram", "n", "n >= 1", double(n));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    read_->for_each_next(context.tokens, [&](Token token) {
      if (candidates.contains(token)) candidates.ban(token);
    });
  }

  void describe(auto& tell) const { tell("encoder_no_repeat_ngram", "n", read_->n()); }

 private:
  std::shared_ptr<const detail::NgramIndex> read_;
};

static_assert(Processor<EncoderNoRepeatNgram<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
