// SPDX-License-Identifier: MIT
// ThinkingBudget: a thinking section comes to its end after n tokens.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>
#include <logitkit/process/detail/force.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// A section lasts from the tokens `begin` to the tokens `end`, in prompt or generated text. Once
/// it has n tokens without having ended, keeps the next token of `forced` and drops all others, its
/// score' = 0, until the section is at its end; what the text already ends with of `forced` is not
/// said again. `forced` is `end` unless given, and ends in it: what is to be said by a model that
/// is interrupted. n >= 0: 0 forces at once. Each further section has the whole budget again.
/// If an earlier processor has banned the forced token, the status is `nothing_left`; the section
/// is open until `end` comes, whatever the engine accepts.
/// `ThinkingBudget{512, {151667}, {151668}}`.
/// Cost: O(1); a token accepted O(1) as a rule, at most the square of the length of a sequence.
/// Source: vLLM's `thinking_token_budget`, llama.cpp's `reasoning-budget`.
template <std::integral N = int>
class ThinkingBudget {
 public:
  ThinkingBudget(N n, std::vector<Token> begin, std::vector<Token> end,
                 std::vector<Token> forced = {})
      : n_(n),
        begin_(std::move(begin)),
        end_(std::move(end)),
        forced_(forced.empty() ? end_ : std::move(forced)) {
    require(check(n_, begin_, end_, forced_));
  }

  [[nodiscard]] static std::string check(N n, const std::vector<Token>& begin,
                                         const std::vector<Token>& end,
                                         const std::vector<Token>& forced = {}) {
    if (n < 0) return misuse("ThinkingBudget", "n", "n >= 0", double(n));
    if (begin.empty()) return misuse("ThinkingBudget", "begin", "length >= 1", 0);
    if (end.empty()) return misuse("ThinkingBudget", "end", "length >= 1", 0);
    for (const auto* sequence : {&begin, &end, &forced}) {
      const std::string wrong = detail::check_tokens("ThinkingBudget", "token", *sequence);
      if (!wrong.empty()) return wrong;
    }
    const bool closes = forced.empty() || (forced.size() >= end.size() &&
                                           std::equal(end.rbegin(), end.rend(), forced.rbegin()));
    return closes ? std::string()
                  : "ThinkingBudget: the last tokens of forced must be those of end";
  }

  void start(std::span<const Token> prompt) {
    for (const Token token : prompt) accept(token);
  }

  void accept(Token token) {
    if (!inside_) {
      begun_ = extended(begin_, begun_, token);
      if (begun_ < begin_.size()) return;
      inside_ = true;
      begun_ = ended_ = forced_so_far_ = used_ = 0;
    } else {
      ++used_;
      ended_ = extended(end_, ended_, token);
      forced_so_far_ = extended(forced_, forced_so_far_, token);
      inside_ = ended_ < end_.size();
    }
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (!inside_ || std::cmp_less(used_, n_)) return;
    detail::force(candidates, std::span(&forced_[forced_so_far_], 1));
  }

  void describe(auto& tell) const {
    tell("thinking_budget", "n", n_, "begin", begin_, "end", end_).option("forced", forced_, end_);
  }

 private:
  /// How many tokens at the end of the text are a beginning of `sequence`: n of them were, n less
  /// than its length, before `token` came.
  [[nodiscard]] static std::size_t extended(std::span<const Token> sequence, std::size_t n,
                                            Token token) {
    const auto text = sequence.first(n);
    for (std::size_t k = n;; --k) {
      const auto tail = text.last(k);
      if (sequence[k] == token && std::equal(tail.begin(), tail.end(), sequence.begin())) {
        return k + 1;
      }
      if (k == 0) return 0;
    }
  }

  N n_;
  std::vector<Token> begin_, end_, forced_;
  bool inside_ = false;            // of a section
  std::size_t begun_ = 0;          // of begin_, while outside
  std::size_t ended_ = 0;          // of end_, while inside
  std::size_t forced_so_far_ = 0;  // of forced_, while inside
  std::size_t used_ = 0;           // tokens of this section
};

static_assert(StatefulProcessor<ThinkingBudget<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
