// SPDX-License-Identifier: MIT
// SamplesDecoder: what decoders share that draw n sequences of one prompt; see best_of_n.hpp.
#pragma once

#include <logitkit/decode/samples_session.hpp>
#include <logitkit/decode/sequence.hpp>
#include <logitkit/model/stateless.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// An immutable configuration: a chain, of which every sequence has its own copy, SamplesOptions,
/// and how sequences draw: draws(i, options, position of the first token) is sequence i's chooser.
/// The prompt is read once, and its row is the parent of all n.
template <class C, class Draws>
class SamplesDecoder {
  static_assert(
      Processor<C>,
      "logitkit: a decoder's first argument is a processor or an lk::Chain: copyable, and "
      "callable as p(candidates, context) const for every lk::Candidates<S>& (write "
      "`auto& candidates`) and const lk::Context&");

 public:
  using Draw = std::invoke_result_t<const Draws&, std::size_t, const SamplesOptions&, std::size_t>;
  using Session = SamplesSession<C, Draw>;

  SamplesDecoder(C chain, Draws draws, const SamplesOptions& options)
      : chain_(std::move(chain)), draws_(std::move(draws)), options_(options) {
    require(options_.check());
  }

  /// The sequences under way. Throws as SequenceDecoder::start does.
  [[nodiscard]] Session start(std::span<const Token> prompt, const Limits& limits) const {
    const auto start_draw = [&](std::size_t i) { return draws_(i, options_, prompt.size()); };
    return Session(chain_, start_draw, options_, prompt, limits);
  }

  /// The n best, best first by the scorer: see SamplesSession::results. The model is a plain
  /// callable or has `step` and `reorder`; where it throws, all end with what they have.
  template <class M, class F = OwnScore>
  [[nodiscard]] std::vector<Generation> decode(M&& model, std::span<const Token> prompt,
                                               const Limits& limits, F&& scorer = {}) const {
    using Plain = std::remove_reference_t<M>;
    static_assert(detail::explain_model<Plain>());
    static_assert(std::is_invocable_r_v<double, F&, const Generation&>,
                  "logitkit: a scorer is callable with one const lk::Generation& and returns a "
                  "number, the larger the better");
    Session session = start(prompt, limits);
    if constexpr (StatefulModel<Plain>) {
      static_assert(ForkableModel<Plain>,
                    "logitkit: several sequences need a model with reorder(parents), which makes "
                    "row r continue what was row parents[r]");
      run(model, prompt, session);
    } else {
      const auto call = [&](std::span<const Token> tokens) -> decltype(auto) {
        return model(tokens);
      };
      Stateless lifted{call};
      run(lifted, prompt, session);
    }
    return session.results(scorer);
  }

 private:
  template <class M>
  static void run(M& model, std::span<const Token> prompt, Session& session) {
    Workspace workspace;
    BeamStep step;
    const auto advance = [&](const auto& call) {
      detail::Held<decltype(call())> rows;
      if (const auto error = detail::caught([&] { rows.hold(call); })) {
        session.stop(StopReason::model_failed, Status::ok, error);
      } else {
        step = session.step(rows.get(), workspace);
      }
      return !session.done();
    };
    bool going =
        !session.done() && advance([&]() -> decltype(auto) { return model.prefill(prompt); });
    while (going) {
      going = advance([&]() -> decltype(auto) {
        if (!step.identity) model.reorder(step.parents);
        return model.step(step.tokens);
      });
    }
  }

  C chain_;
  Draws draws_;
  SamplesOptions options_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
