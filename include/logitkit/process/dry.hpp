// SPDX-License-Identifier: MIT
// Dry: "don't repeat yourself", the longer a run has been repeated the less likely it goes on.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/core/penalty_scope.hpp>
#include <logitkit/math/logarithm.hpp>
#include <logitkit/process/detail/suffix_automaton.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct DryOptions {
  double multiplier = 0.8;         ///< the penalty of the shortest repeat, 0 <= multiplier < inf
  double base = 1.75;              ///< how it grows with each token more, 1 <= base < inf
  std::size_t allowed_length = 2;  ///< the shortest repeat that has a penalty, >= 1
  std::size_t last = kAllTokens;   ///< how far back to look, the prompt included
  /// Runs of tokens that no repeat reaches across: new lines, quotes, the names of speakers.
  std::vector<std::vector<Token>> breakers{};

  [[nodiscard]] std::string check() const {
    constexpr double kMax = std::numeric_limits<double>::max();
    if (!(multiplier >= 0 && multiplier <= kMax)) {
      return misuse("DryOptions", "multiplier", "0 <= multiplier < inf", multiplier);
    }
    if (!(base >= 1 && base <= kMax)) return misuse("DryOptions", "base", "1 <= base < inf", base);
    if (allowed_length < 1) {
      return misuse("DryOptions", "allowed_length", "allowed_length >= 1", double(allowed_length));
    }
    for (const auto& breaker : breakers) {
      if (breaker.empty()) return misuse("DryOptions", "length of a breaker", "length >= 1", 0);
      const std::string wrong = detail::check_tokens("DryOptions", "token of a breaker", breaker);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }
};

/// For each token that would prolong a repeat of n >= allowed_length tokens:
///
///   score' = score - multiplier * base^(n - allowed_length), by at most 1e30
///
/// n is the length of the longest run that ends the text and has occurred in it before with this
/// token after it, both within the last `last` tokens; only the longest counts, nothing is added
/// up. No run goes back beyond the end of the last breaker. A token that is a breaker by itself has
/// no penalty. Prompt and generated text count alike. A banned token stays banned.
/// `Dry{{.multiplier = 0.8, .breakers = {{newline}}}}`.
///
/// Cost: O(penalised tokens). `accept`: O(1) amortised for the index, whatever the text, and the
/// lengths of the breakers; then O(penalised tokens), each looked at for few lengths, or, where the
/// text repeats itself within itself, for as many as differ in their penalty: 126 with base 1.75.
/// `start`: the first for each token of the window, the second once. A copy: O(window).
/// Source: p-e-w 2024, text-generation-webui pull request 5677; breakers as in koboldcpp and
/// llama.cpp.
class Dry {
 public:
  explicit Dry(DryOptions options)
      : options_((require(options.check()), std::move(options))),
        text_(options_.last, longest_breaker(), options_.allowed_length, longest_that_matters()) {}

  void start(std::span<const Token> prompt) {
    // No more than the window, and what shows where breakers in it have begun.
    const std::size_t rest = prompt.size() - std::min(prompt.size(), options_.last);
    for (const Token token : prompt.subspan(rest - std::min(rest, longest_breaker()))) {
      append(token);
    }
    find_penalties();
  }

  void accept(Token token) {
    append(token);
    find_penalties();
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    for (const auto& [token, length] : repeats_) {
      if (candidates.contains(token)) candidates.add(token, -penalty(length));
    }
  }

  void describe(auto& tell) const {
    tell("dry", "multiplier", options_.multiplier, "base", options_.base, "allowed_length",
         options_.allowed_length)
        .option("last", options_.last, kAllTokens)
        .option("breakers", options_.breakers, {});
  }

 private:
  /// multiplier * base^(length - allowed_length) by squaring: the same number everywhere.
  [[nodiscard]] double penalty(std::size_t length) const {
    constexpr double kMost = 1e30;
    double power = 1, square = options_.base;
    for (std::size_t n = length - options_.allowed_length; n != 0 && power < kMost; n /= 2) {
      if (n % 2 == 1) power *= square;
      square *= square;
    }
    return std::min(options_.multiplier * std::min(power, kMost), kMost);
  }

  /// A length from which on all penalties are the same: the power is beyond its bound.
  [[nodiscard]] std::size_t longest_that_matters() const {
    if (options_.base == 1) return options_.allowed_length;
    const double more = std::min(70 / math::log(options_.base), 0x1p30);  // e^70 > 1e30
    const std::size_t room = ~options_.allowed_length;                    // to the largest number
    return options_.allowed_length + std::min(static_cast<std::size_t>(std::ceil(more)), room);
  }

  [[nodiscard]] std::size_t longest_breaker() const {
    std::size_t longest = 0;
    for (const auto& breaker : options_.breakers) longest = std::max(longest, breaker.size());
    return longest;
  }

  void append(Token token) {
    text_.append(token);
    ++from_breaker_;
    for (const auto& breaker : options_.breakers) {
      if (text_.ends_with(breaker)) from_breaker_ = 0;
    }
  }

  void find_penalties() {
    repeats_.clear();
    if (from_breaker_ < options_.allowed_length || options_.multiplier == 0) return;
    text_.for_each_next(from_breaker_, [&](Token next, std::size_t length) {
      if (breaks(next)) return;
      std::size_t& longest = repeats_[next];
      longest = std::max(longest, length);
    });
  }

  [[nodiscard]] bool breaks(Token token) const {
    return std::any_of(
        options_.breakers.begin(), options_.breakers.end(),
        [token](const auto& breaker) { return breaker.size() == 1 && breaker[0] == token; });
  }

  DryOptions options_;
  detail::SuffixAutomaton text_;
  std::size_t from_breaker_ = 0;           // tokens since the last breaker ended, or all
  detail::TokenMap<std::size_t> repeats_;  // how long is the one that a token would prolong
};

static_assert(StatefulProcessor<Dry>);

}  // namespace logitkit::inline LOGITKIT_ABI
