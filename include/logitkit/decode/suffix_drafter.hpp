// SPDX-License-Identifier: MIT
// SuffixDrafter: proposes what came after the longest end of the text that has occurred before.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/decode/draft.hpp>
#include <logitkit/process/detail/suffix_automaton.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct SuffixOptions {
  std::size_t min_match = 2;  ///< how many tokens must agree, >= 1

  [[nodiscard]] std::string check() const {
    return min_match >= 1
               ? std::string()
               : misuse("SuffixOptions", "min_match", "min_match >= 1", double(min_match));
  }
};

/// Finds the longest end of the text, prompt included, that has occurred before, however long it
/// is, and proposes what came after its first place; nothing if it is shorter than min_match. Where
/// that place reaches the end of the text, the proposal goes on with its own beginning, so that a
/// loop of any period is proposed for as long as one likes. A drafter without chance.
/// Cost: a token O(1) amortised and some 80 bytes; a proposal O(n), however long the text.
/// Source: suffix automata as in Hu et al. 2024, "SAM decoding", arXiv 2411.10666.
class SuffixDrafter {
 public:
  explicit SuffixDrafter(const SuffixOptions& options = {}) : options_(options) {
    require(options.check());
  }

  void start(std::span<const Token> prompt) {
    for (const Token token : prompt) accept(token);
  }

  void accept(Token token) { text_.append(token); }

  [[nodiscard]] Draft propose(const Context&, std::size_t n, const auto&) {
    draft_.clear();
    const auto [length, next] = text_.earlier();
    if (length < options_.min_match) return {};
    const std::span<const Token> seen = text_.text().subspan(next);
    for (std::size_t i = 0; i < n; ++i) {
      draft_.push_back(i < seen.size() ? seen[i] : draft_[i - seen.size()]);
    }
    return {draft_, {}};
  }

 private:
  static constexpr std::size_t kWhole = std::size_t(-1), kAnyLength = 0x7fffffff;

  SuffixOptions options_;
  detail::SuffixAutomaton text_{kWhole, 0, 1, kAnyLength};
  std::vector<Token> draft_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
