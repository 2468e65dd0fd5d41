// SPDX-License-Identifier: MIT
// Chain: processors applied in the order they are written; itself a processor.
#pragma once

#include <logitkit/core/concepts.hpp>

#include <tuple>

namespace logitkit::inline LOGITKIT_ABI {

/// `Chain{Temperature{0.8f}, TopK{40}, TopP{0.95f}}`: composed at compile time, nothing reordered,
/// nothing added. `Chain{}` changes nothing. Chains nest. Copying a chain forks the state of all
/// its members. Cost: the sum of its members'.
template <class... Ps>
class Chain {
  static_assert((Processor<Ps> && ...),
                "logitkit: every element of a Chain is a processor: copyable, and callable as "
                "p(candidates, context) const for every lk::Candidates<S>& (write `auto& "
                "candidates`) and const lk::Context&");
  static_assert((... && (!Processor<Ps> || detail::explain_state<Ps>())));

 public:
  static constexpr bool whole_row = (WholeRowProcessor<Ps> || ...);

  Chain() = default;
  explicit Chain(Ps... processors)
    requires(sizeof...(Ps) > 0)
      : processors_(std::move(processors)...) {}

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context& context) const {
    std::apply([&](const Ps&... each) { (static_cast<void>(each(candidates, context)), ...); },
               processors_);
  }

  /// Whether a member needs the whole row, one that knows at run time among them.
  [[nodiscard]] bool needs_whole_row() const {
    return std::apply([](const Ps&... each) { return (logitkit::needs_whole_row(each) || ...); },
                      processors_);
  }

  /// Whether a member keeps state, by the same.
  [[nodiscard]] bool keeps_state() const {
    return std::apply([](const Ps&... each) { return (logitkit::keeps_state(each) || ...); },
                      processors_);
  }

  /// Tells the prompt to the members that want to know it.
  void start(std::span<const Token> prompt)
    requires(StartingProcessor<Ps> || ...)
  {
    const auto tell = [&](auto& each) {
      if constexpr (requires { each.start(prompt); }) each.start(prompt);
    };
    std::apply([&](Ps&... each) { (tell(each), ...); }, processors_);
  }

  /// Tells a committed token to the members that keep state.
  void accept(Token token)
    requires(AcceptingProcessor<Ps> || ...)
  {
    const auto tell = [&](auto& each) {
      if constexpr (requires { each.accept(token); }) each.accept(token);
    };
    std::apply([&](Ps&... each) { (tell(each), ...); }, processors_);
  }

  /// After a replay, lets the members that learn from rows look back: see RecallingProcessor.
  void recall(const Chain& before)
    requires(RecallingProcessor<Ps> || ...)
  {
    const auto look_back = [](auto& each, const auto& old) {
      if constexpr (requires { each.recall(old); }) each.recall(old);
    };
    std::apply(
        [&](Ps&... each) {
          std::apply([&](const Ps&... old) { (look_back(each, old), ...); }, before.processors_);
        },
        processors_);
  }

 private:
  [[no_unique_address]] std::tuple<Ps...> processors_;
};

template <class... Ps>
Chain(Ps...) -> Chain<Ps...>;

static_assert(Processor<Chain<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
