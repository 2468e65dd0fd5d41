// SPDX-License-Identifier: MIT
// Draft: tokens that may come next, proposed by something cheaper than the model. Drafter: who
// proposes them.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/detail/assignable.hpp>
#include <logitkit/core/probabilities.hpp>

#include <iterator>  // std::data

namespace logitkit::inline LOGITKIT_ABI {

/// A proposed continuation of a context. Points to memory of the drafter.
struct Draft {
  std::span<const Token> tokens{};
  /// The distribution that each token was really drawn from, after the drafter's own chain; empty
  /// where there was no chance in it. Said to be another, the output has the wrong distribution.
  std::span<const Probabilities> drawn_from{};

  [[nodiscard]] std::size_t size() const { return tokens.size(); }
  [[nodiscard]] bool empty() const { return tokens.empty(); }
};

/// A copyable value that proposes: copying it forks its state. `propose(context, n, decider)` gives
/// at most n tokens to follow the context, or none; what it points to stays valid until the next
/// call. What it draws, it draws with decider(position) for the token at that position, in [0,1).
/// As a processor it may have `start(prompt)` and `accept(token)`, called for what was committed.
template <class D>
concept Drafter =
    std::copy_constructible<D> &&
    requires(D& drafter, const Context& context, std::size_t n, double (&decider)(std::uint64_t)) {
      { drafter.propose(context, n, decider) } -> std::same_as<Draft>;
    };

/// A callable from (context, n) to at most n tokens, a contiguous range, without chance.
template <class F>
concept DraftingCallable =
    std::copy_constructible<F> && std::invocable<F&, const Context&, std::size_t> &&
    requires(std::invoke_result_t<F&, const Context&, std::size_t> tokens) {
      { std::data(tokens) } -> std::convertible_to<const Token*>;
      std::size(tokens);
    };

/// Makes a drafter of such a callable; what that returns beyond n tokens is dropped.
template <DraftingCallable F>
class CallableDrafter {
 public:
  CallableDrafter(F f) : f_(std::move(f)) {}  // implicit: whoever takes a drafter takes a callable

  [[nodiscard]] Draft propose(const Context& context, std::size_t n, const auto&) {
    const auto& tokens = (*f_)(context, n);
    const Token* const first = std::data(tokens);
    tokens_.assign(first, first + std::min(n, std::size_t(std::size(tokens))));
    return {tokens_, {}};
  }

 private:
  detail::Assignable<F> f_;
  std::vector<Token> tokens_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
