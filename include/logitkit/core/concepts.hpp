// SPDX-License-Identifier: MIT
// Concepts: what a processor, a model, a stop rule and a decider must offer. Nothing to inherit.
#pragma once

#include <logitkit/core/candidates.hpp>
#include <logitkit/core/context.hpp>

#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>

namespace logitkit::inline LOGITKIT_ABI {

/// A value that edits or narrows candidates: `p(candidates, context)`, const, for every
/// Candidates<S>. Copying it forks its state. A generic lambda is one. One that logs should name
/// has `describe(tell)`: see Description.
///
/// Where hard constraints meet (bans, masks, forced tokens, minimum lengths), their intersection is
/// left, in whatever order they stand: a processor never brings back what another has taken away.
/// If nothing is left, the status is `nothing_left`, never a token. They belong before truncations
/// such as TopK, which keep some of what is left and know nothing of what is to come.
template <class P>
concept Processor =
    std::copy_constructible<P> && std::invocable<const P&, Candidates<float>&, const Context&> &&
    std::invocable<const P&, Candidates<double>&, const Context&>;

/// A processor that keeps state over the generated tokens: `accept(token)` is called once for each
/// token that is committed, in order, and never for the prompt.
template <class P>
concept AcceptingProcessor = Processor<P> && requires(P& p, Token token) { p.accept(token); };

/// A processor that looks at the prompt: `start(prompt)` is called once, before anything else.
template <class P>
concept StartingProcessor =
    Processor<P> && requires(P& p, std::span<const Token> prompt) { p.start(prompt); };

/// A processor whose state depends on the rows that it was called with, too, which a replay of the
/// tokens does not bring back. `p.recall(before)` is called after such a replay: `before` has
/// accepted the same tokens and perhaps more, and knows.
template <class P>
concept RecallingProcessor =
    AcceptingProcessor<P> && requires(P& p, const P& before) { p.recall(before); };

/// A processor of which two copies may differ, by what they have been told.
template <class P>
concept StatefulProcessor = AcceptingProcessor<P> || StartingProcessor<P>;

/// Whether this very one is stateful: one that knows only at run time, such as a DynamicChain, has
/// a member `keeps_state()`. What keeps no state is not copied for a single choice.
template <Processor P>
[[nodiscard]] bool keeps_state(const P& processor) {
  if constexpr (requires { processor.keeps_state(); }) return processor.keeps_state();
  return StatefulProcessor<P>;
}

/// A processor that would be wrong on a part of the vocabulary, such as one that compares with the
/// mean of all logits: it says `static constexpr bool whole_row = true`. A decoder whose chain has
/// one takes no candidate list.
template <class P>
concept WholeRowProcessor = Processor<P> && requires { requires P::whole_row; };

/// Whether this very one would be: one that knows only at run time, such as a DynamicChain, has a
/// member `needs_whole_row()`. A candidate list then gives it the status of that name.
template <Processor P>
[[nodiscard]] bool needs_whole_row(const P& processor) {
  if constexpr (requires { processor.needs_whole_row(); }) return processor.needs_whole_row();
  return WholeRowProcessor<P>;
}

/// A rule that says whether, and why, a sequence ends after its last token.
template <class R>
concept StopRule = requires(const R& rule, const Context& context) {
  { rule(context) } -> std::same_as<StopReason>;
};

/// Where random choices come from: a number in [0,1) with at most 53 bits for the token at
/// `position`, the same number every time it is asked for the same position.
template <class D>
concept Decider = std::copy_constructible<D> && requires(const D& decider, std::uint64_t position) {
  { decider(position) } -> std::same_as<double>;
};

/// Where speculative decoding's come from: those for the tokens themselves and, for each round,
/// named by the position at which it begins, those for drafts and tests. See SpeculativePhilox.
template <class D>
concept SpeculativeDecider = Decider<D> && requires(const D& decider, std::uint64_t round) {
  { decider.drafts(round) } -> Decider;
  { decider.tests(round) } -> Decider;
};

/// A callable from all tokens so far, prompt included, to the row that follows them.
template <class M>
concept PlainModel = std::invocable<M&, std::span<const Token>> &&
                     !std::is_void_v<std::invoke_result_t<M&, std::span<const Token>>>;

/// A model that remembers. `prefill(prompt)` forgets everything, reads the prompt and returns its
/// row; `step(last)` takes one token for each live row and returns as many rows, valid until the
/// next call.
template <class M>
concept StatefulModel = requires(M& model, std::span<const Token> tokens) {
  model.prefill(tokens);
  model.step(tokens);
};

/// A stateful model whose rows can be forked, shuffled and dropped: after `reorder(parents)` there
/// are parents.size() rows, and row r continues what was row parents[r].
template <class M>
concept ForkableModel =
    StatefulModel<M> &&
    requires(M& model, std::span<const std::size_t> parents) { model.reorder(parents); };

/// A stateful model that can take tokens back: `score(tokens)` reads several tokens and returns the
/// row after each; `rewind(n)` forgets the last n tokens.
template <class M>
concept RewindableModel =
    StatefulModel<M> && requires(M& model, std::span<const Token> tokens, std::size_t n) {
      model.score(tokens);
      model.rewind(n);
    };

template <class M>
concept Model = PlainModel<M> || StatefulModel<M>;

namespace detail {

/// A member named `accept` or `start` that cannot be called as one would never be: a trap.
template <class P>
consteval bool explain_state() {
  if constexpr (requires { requires std::is_member_function_pointer_v<decltype(&P::accept)>; }) {
    static_assert(AcceptingProcessor<P>,
                  "logitkit: a processor's accept is callable with one lk::Token");
  }
  if constexpr (requires { requires std::is_member_function_pointer_v<decltype(&P::start)>; }) {
    static_assert(StartingProcessor<P>,
                  "logitkit: a processor's start is callable with std::span<const lk::Token>");
  }
  return true;
}

/// One sentence for whoever makes a decoder of something else.
template <class P>
consteval bool explain_processor() {
  static_assert(Processor<P>,
                "logitkit: a decoder's first argument is a processor or an lk::Chain: copyable, "
                "and callable as p(candidates, context) const for every lk::Candidates<S>& (write "
                "`auto& candidates`) and const lk::Context&");
  if constexpr (Processor<P>) return explain_state<P>();
  return false;
}

/// One sentence for whoever hands something else to `decode`.
template <class M>
consteval bool explain_model() {
  static_assert(Model<M>,
                "logitkit: a model is a callable from std::span<const lk::Token> (all tokens so "
                "far) to a row of logits, or an object with prefill(prompt) and step(last tokens)");
  if constexpr (StatefulModel<M>) {
    using Prefilled = decltype(std::declval<M&>().prefill(std::span<const Token>()));
    using Stepped = decltype(std::declval<M&>().step(std::span<const Token>()));
    static_assert(!std::is_void_v<Prefilled> && !std::is_void_v<Stepped>,
                  "logitkit: a model's prefill and step return rows of logits, not void");
  }
  if constexpr (!StatefulModel<M> && PlainModel<M>) {
    return explain_row<std::invoke_result_t<M&, std::span<const Token>>>();
  }
  return Model<M>;
}

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
