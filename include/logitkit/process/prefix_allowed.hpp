// SPDX-License-Identifier: MIT
// PrefixAllowed: a function of the tokens so far says which may come next.
#pragma once

#include <logitkit/core/concepts.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Keeps the tokens of allowed(context) and drops all others; none, or none that can still come:
/// the status is `nothing_left`. `allowed` is copied with the session or beam, called const once a
/// token, and returns a contiguous range of tokens, in any order: a std::vector, or a std::span of
/// what outlives the call, such as a node of a trie.
/// `PrefixAllowed{[&](const lk::Context& c) { return trie.after(c.generated()); }}`.
/// Cost: the function, and O(n log n) in the tokens it returns, whatever the vocabulary.
/// Source: De Cao et al. 2020, "Autoregressive entity retrieval", arXiv 2010.00904, section 3.2.
/// Hugging Face's `prefix_allowed_tokens_fn` refuses an empty list by an exception.
template <class F>
class PrefixAllowed {
  static_assert(
      requires(const F& allowed, const Context& context) {
        std::span<const Token>(allowed(context));
      },
      "logitkit: PrefixAllowed takes a function, callable as allowed(context) const with a const "
      "lk::Context&, that returns a contiguous range of lk::Token");

 public:
  explicit PrefixAllowed(F allowed) : allowed_(std::move(allowed)) {}

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    const auto& tokens = allowed_(context);
    candidates.keep_only(tokens);
  }

  void describe(auto& tell) const { tell("prefix_allowed"); }

 private:
  F allowed_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
