// SPDX-License-Identifier: MIT
// LookupDrafter: proposes what came after the last few tokens the first time (prompt lookup).
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/decode/draft.hpp>
#include <logitkit/process/detail/ngram_index.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct LookupOptions {
  std::size_t max_ngram = 2;  ///< how many tokens must agree, at best
  std::size_t min_ngram = 1;  ///< and at least, if fewer have a match; 1 <= min <= max <= 64

  [[nodiscard]] std::string check() const {
    if (max_ngram < 1 || max_ngram > 64) {
      return misuse("LookupOptions", "max_ngram", "1 <= max_ngram <= 64", double(max_ngram));
    }
    if (min_ngram < 1 || min_ngram > max_ngram) {
      return misuse("LookupOptions", "min_ngram", "1 <= min_ngram <= max_ngram", double(min_ngram));
    }
    return {};
  }
};

/// Looks for the last max_ngram tokens earlier in the text, prompt included; where they have not
/// occurred, for one token fewer, down to min_ngram. Proposes what came after their first place, up
/// to the end of the text; nothing if there is none. Needs no second model: good where a text
/// repeats its prompt, as summaries, edits and code do. A drafter without chance.
/// Cost: a token O(max_ngram^2) and, amortised, some 16 bytes for each length of ngrams; a proposal
/// O(max_ngram^2 + n), however long the text.
/// Source: Saxena 2023, "Prompt lookup decoding"; Hugging Face: prompt_lookup_num_tokens,
/// max_matching_ngram_size; vLLM: prompt_lookup_max, prompt_lookup_min.
class LookupDrafter {
 public:
  explicit LookupDrafter(const LookupOptions& options = {}) : min_ngram_(options.min_ngram) {
    require(options.check());
    for (std::size_t n = options.min_ngram; n <= options.max_ngram; ++n) {
      first_places_.emplace_back(n);
    }
  }

  void start(std::span<const Token> prompt) {
    for (const Token token : prompt) accept(token);
  }

  void accept(Token token) {
    text_.push_back(token);
    for (std::size_t i = 0; i < first_places_.size() && min_ngram_ + i <= text_.size(); ++i) {
      const std::size_t begin = text_.size() - (min_ngram_ + i);
      detail::GramTable& places = first_places_[i];
      if (places.find(text_, text_.data() + begin) == detail::GramTable::kNone) {
        places.put(text_, static_cast<std::uint32_t>(begin));
      }
    }
  }

  [[nodiscard]] Draft propose(const Context&, std::size_t n, const auto&) {
    draft_.clear();
    for (std::size_t i = first_places_.size(); i-- > 0 && draft_.empty();) {
      const std::size_t ngram = min_ngram_ + i, size = text_.size();
      if (ngram > size) continue;
      // Every end of the text is in the table; if this is its first place, nothing comes after it.
      const std::size_t next = first_places_[i].find(text_, text_.data() + size - ngram) + ngram;
      const auto from = text_.begin() + static_cast<std::ptrdiff_t>(next);
      draft_.assign(from, from + static_cast<std::ptrdiff_t>(std::min(n, size - next)));
    }
    return {draft_, {}};
  }

 private:
  std::size_t min_ngram_;
  std::vector<detail::GramTable> first_places_;  // of runs of min_ngram_ tokens, and one more each
  std::vector<Token> text_;
  std::vector<Token> draft_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
