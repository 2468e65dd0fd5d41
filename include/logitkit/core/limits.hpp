// SPDX-License-Identifier: MIT
// Limits: when a sequence ends. The rules themselves are in stop/, one a file.
#pragma once

#include <logitkit/core/context.hpp>
#include <logitkit/core/error.hpp>

#include <algorithm>
#include <functional>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

struct Limits {
  std::size_t max_new_tokens = 256;  ///< ends after this many generated tokens, >= 1
  std::vector<Token> end_tokens{};   ///< ends after any of these; the token is kept and counts
  std::size_t max_tokens = std::size_t(-1);  ///< ends at this length, prompt included, >= 1
  /// Ends after any of these runs of generated tokens, none empty. The run is kept in the result
  /// and counted by Generation::stop_size.
  std::vector<std::vector<Token>> stop_sequences{};
  /// Asked after each token, before an observer hears of it; true ends the sequence. A deadline or
  /// a cancel button is one line of it. Beam search asks for every extension that competes, so that
  /// one answer ends one hypothesis: once it says true to all, the search is over.
  std::function<bool(const Context&)> stop_when{};
  /// The model's vocabulary: rows of another length and tokens outside are refused. 0: the length
  /// of the first row, but for a Session's `next`, which goes by that of each.
  std::size_t vocabulary = 0;

  /// The first thing that is wrong, as a sentence; empty if nothing is.
  [[nodiscard]] std::string check() const {
    if (max_new_tokens < 1) return misuse("Limits", "max_new_tokens", "max_new_tokens >= 1", 0);
    if (max_tokens < 1) return misuse("Limits", "max_tokens", "max_tokens >= 1", 0);
    for (const Token token : end_tokens) {
      if (!in_vocabulary(token)) return misuse("Limits", "end_tokens", token_rule(), token);
    }
    for (const auto& sequence : stop_sequences) {
      if (sequence.empty()) {
        return misuse("Limits", "each of stop_sequences", "length >= 1", 0);
      }
      for (const Token token : sequence) {
        if (!in_vocabulary(token)) return misuse("Limits", "stop_sequences", token_rule(), token);
      }
    }
    return {};
  }

  /// The same for a prompt, which must have a token for the model to begin with.
  [[nodiscard]] std::string check_prompt(std::span<const Token> prompt) const {
    if (prompt.empty()) return misuse("prompt", "its length", "length >= 1", 0);
    for (const Token token : prompt) {
      if (!in_vocabulary(token)) return misuse("prompt", "each token", token_rule(), token);
    }
    return {};
  }

  /// How many tokens may be generated after a prompt of so many.
  [[nodiscard]] std::size_t most_new_tokens(std::size_t prompt) const {
    return std::min(max_new_tokens, max_tokens - std::min(prompt, max_tokens));
  }

  /// Whether a token is in the vocabulary, as far as it is known.
  [[nodiscard]] bool in_vocabulary(Token token) const {
    return token >= 0 && (vocabulary == 0 || static_cast<std::size_t>(token) < vocabulary);
  }

 private:
  [[nodiscard]] const char* token_rule() const {
    return vocabulary == 0 ? "0 <= token" : "0 <= token < vocabulary";
  }
};

namespace detail {

/// For how many generated tokens each of so many sequences makes room at first.
[[nodiscard]] inline std::size_t reserved_tokens(const Limits& limits, std::size_t sequences = 1) {
  constexpr std::size_t kEach = 4096, kAll = std::size_t(1) << 18;
  return std::min({limits.max_new_tokens, kEach, kAll / sequences});
}

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
