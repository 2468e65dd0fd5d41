// SPDX-License-Identifier: MIT
// PhraseDemands: which phrases a growing text still lacks, and how many tokens that takes.
#pragma once

#include <logitkit/core/token.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Each demand is met once any of its phrases stands in the text; with `in_order`, each behind the
/// one before it. Phrases are matched one by one.
/// Source: Knuth, Morris, Pratt 1977, "Fast pattern matching in strings".
class PhraseDemands {
 public:
  using Phrase = std::vector<Token>;

  /// How far a text has come.
  struct State {
    std::vector<std::uint32_t> matched;  // of each phrase, how many tokens the text ends with
    std::vector<bool> met;               // each demand
  };

  PhraseDemands(const std::vector<std::vector<Phrase>>& demands, bool in_order)
      : in_order_(in_order) {
    for (const auto& any_of : demands) {
      std::size_t shortest = any_of.empty() ? 0 : std::size_t(-1);
      for (const Phrase& tokens : any_of) {
        shortest = std::min(shortest, tokens.size());
        if (tokens.empty()) continue;  // its demand is refused
        phrases_.push_back({tokens, fallbacks(tokens), shortest_.size()});
        tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
      }
      shortest_.push_back(shortest);
      total_ += shortest;
    }
    std::sort(tokens_.begin(), tokens_.end());
    tokens_.erase(std::unique(tokens_.begin(), tokens_.end()), tokens_.end());
  }

  /// How many tokens the shortest phrase of each demand has; 0 also where it has none.
  [[nodiscard]] std::span<const std::size_t> shortest() const { return shortest_; }
  /// The sum of these: a text of so many tokens can meet all.
  [[nodiscard]] std::size_t total() const { return total_; }
  /// Every token of any phrase, once, in order.
  [[nodiscard]] std::span<const Token> tokens() const { return tokens_; }

  [[nodiscard]] State start() const {
    return {std::vector<std::uint32_t>(phrases_.size()), std::vector<bool>(shortest_.size())};
  }

  /// The text goes on with a token; kNoToken stands for any that is in no phrase.
  void accept(State& state, Token token) const {
    const std::size_t first = first_open(state);
    bool any_met = false;
    for (std::size_t i = 0; i < phrases_.size(); ++i) {
      const auto& [tokens, fallback, demand] = phrases_[i];
      if (!open(state, demand, first)) continue;
      std::size_t n = state.matched[i];
      while (n > 0 && tokens[n] != token) n = fallback[n - 1];
      n += tokens[n] == token;
      state.matched[i] = static_cast<std::uint32_t>(n);
      any_met = any_met || n == tokens.size();
    }
    if (any_met) meet(state);
  }

  /// A number of tokens that suffices to meet what is open: one that is accepted can bring it one
  /// nearer, and there is always one that does.
  [[nodiscard]] std::size_t needed(const State& state) const {
    const std::size_t first = first_open(state);
    std::size_t sum = 0, begun = 0;
    for (std::size_t d = first; d < shortest_.size(); ++d) sum += state.met[d] ? 0 : shortest_[d];
    for (std::size_t i = 0; i < phrases_.size(); ++i) {
      const auto& [tokens, fallback, demand] = phrases_[i];
      if (!open(state, demand, first)) continue;
      const std::size_t left = tokens.size() - state.matched[i];
      if (left < shortest_[demand]) begun = std::max(begun, shortest_[demand] - left);
    }
    return sum - begun;
  }

 private:
  struct Searched {
    Phrase tokens;
    std::vector<std::uint32_t> fallback;  // the longest proper end of each beginning that is one
    std::size_t demand;
  };

  [[nodiscard]] static std::vector<std::uint32_t> fallbacks(const Phrase& tokens) {
    std::vector<std::uint32_t> result(tokens.size());
    for (std::size_t i = 1, n = 0; i < tokens.size(); ++i) {
      while (n > 0 && tokens[n] != tokens[i]) n = result[n - 1];
      n += tokens[n] == tokens[i];
      result[i] = static_cast<std::uint32_t>(n);
    }
    return result;
  }

  [[nodiscard]] static std::size_t first_open(const State& state) {
    const auto at = std::find(state.met.begin(), state.met.end(), false);
    return static_cast<std::size_t>(at - state.met.begin());
  }
  [[nodiscard]] bool open(const State& state, std::size_t demand, std::size_t first) const {
    return in_order_ ? demand == first : !state.met[demand];
  }

  /// Notes the demands of the phrases that are whole; in order, the next one begins behind them.
  void meet(State& state) const {
    for (std::size_t i = 0; i < phrases_.size(); ++i) {
      if (state.matched[i] == phrases_[i].tokens.size()) state.met[phrases_[i].demand] = true;
    }
    for (std::size_t i = 0; i < phrases_.size(); ++i) {
      if (state.met[phrases_[i].demand]) state.matched[i] = 0;
    }
  }

  bool in_order_;
  std::vector<Searched> phrases_;
  std::vector<std::size_t> shortest_;  // of each demand
  std::size_t total_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
