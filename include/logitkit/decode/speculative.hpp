// SPDX-License-Identifier: MIT
// SpeculativeDecoder: something cheap guesses several tokens, the model verifies them in one go.
#pragma once

#include <logitkit/decode/block_rule.hpp>
#include <logitkit/decode/detail/lazy_rows.hpp>
#include <logitkit/decode/sequence.hpp>
#include <logitkit/decode/speculative_session.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// A sequence, and what speculation has brought for it.
struct SpeculativeGeneration : Generation {
  SpeculationStatistics speculation{};
};

/// A drafter as it is, or made of a callable.
template <class D>
using DrafterOf = typename std::conditional_t<Drafter<D>, std::type_identity<D>,
                                              std::type_identity<CallableDrafter<D>>>::type;

/// An immutable configuration: a chain, a drafter, and the rule that verifies.
///
///     lk::SpeculativeDecoder decoder{chain, drafter, {.draft_tokens = 4, .seed = 42}};
///     lk::SpeculativeDecoder same{chain, drafter, {.seed = 42}, lk::Coupled{}};
///
/// Sequences have the distribution of RandomDecoder's with the same chain, exactly, by BlockRule
/// (the default) and TokenRule; by Coupled they are the same ones; by ExactMatch they are those of
/// GreedyDecoder; by TypicalAcceptance neither. A rule of one's own: see Verdict.
/// It pays where the model reads several tokens in hardly more time than one.
template <class C, Drafter D, class Rule = BlockRule, SpeculativeDecider N = SpeculativePhilox>
class SpeculativeDecoder {
  static_assert(detail::explain_processor<C>());

 public:
  using Session = SpeculativeSession<C, D, Rule, N>;

  explicit SpeculativeDecoder(C chain, D drafter, const SpeculativeOptions& options = {},
                              Rule rule = Rule())
    requires std::same_as<N, SpeculativePhilox>
      : SpeculativeDecoder(std::move(chain), std::move(drafter), options, std::move(rule),
                           N(options.seed, options.stream)) {}

  /// With random numbers of one's own, such as a test that walks every outcome.
  SpeculativeDecoder(C chain, D drafter, const SpeculativeOptions& options, Rule rule, N numbers)
      : chain_(std::move(chain)),
        drafter_(std::move(drafter)),
        rule_(std::move(rule)),
        numbers_(std::move(numbers)),
        options_(options) {
    require(options_.check());
  }

  /// A running request. Throws as SequenceDecoder::start does.
  [[nodiscard]] Session start(std::span<const Token> prompt, const Limits& limits) const {
    return Session(chain_, drafter_, rule_, numbers_, options_, prompt, limits);
  }

  /// Generates until a limit is met; see SequenceDecoder::decode. Of the tokens of a round the
  /// observer hears one by one, after all of them were committed; what comes after one that it
  /// stops at is dropped. The model is a plain callable, which is asked for each row that the
  /// verdict depends on, or has `score` and `rewind`.
  template <class M, class O = NoObserver>
  [[nodiscard]] SpeculativeGeneration decode(M&& model, std::span<const Token> prompt,
                                             const Limits& limits, O&& observer = {}) const {
    using Given = std::remove_reference_t<M>;
    static_assert(detail::explain_model<Given>());
    static_assert(Observer<std::remove_reference_t<O>>,
                  "logitkit: an observer is callable with one lk::Token");
    Session session = start(prompt, limits);
    Run<std::remove_reference_t<O>> run{session, {observer, limits, session.reason()}, {}};
    if constexpr (StatefulModel<Given>) {
      static_assert(RewindableModel<Given>,
                    "logitkit: speculation needs a model with score(tokens), which returns the row "
                    "after each, and rewind(n), which forgets the last n tokens");
      run.read(model, prompt);
    } else if constexpr (PlainModel<Given>) {
      run.ask(model);
    }
    Generation generation = run.recording.finish(session.generated().first(run.size));
    return {std::move(generation), session.statistics()};
  }

 private:
  /// What `decode` carries from round to round.
  template <class O>
  struct Run {
    Session& session;
    detail::Recording<O> recording;
    Workspace workspace;
    std::size_t size = 0;    // tokens that have been recorded
    std::size_t rewind = 0;  // tokens that the model has to forget

    template <class M>
    void read(M& model, std::span<const Token> prompt) {
      if (!recording.going()) return;
      bool going = advance({}, [&]() -> decltype(auto) { return model.prefill(prompt); });
      std::vector<Token> tokens;
      while (going) {
        const Draft draft = session.propose();
        const auto guessed = draft.tokens.first(session.readable(draft));
        tokens.assign(1, session.tokens().back());
        tokens.insert(tokens.end(), guessed.begin(), guessed.end());
        going = advance(draft, [&]() -> decltype(auto) {
          if (rewind > 0) model.rewind(rewind);
          return model.score(std::span<const Token>(tokens));
        });
      }
    }

    template <class M>
    void ask(M& model) {
      detail::LazyRows rows(model);
      while (recording.going()) {
        rows.restart();
        const SpeculativeStep step = session.step_lazily(rows, session.propose(), workspace);
        take(step, rows.error(step.picks.size()));
      }
    }

   private:
    /// Calls the model for the rows of a round; false at the end.
    template <class Call>
    bool advance(const Draft& draft, const Call& call) {
      detail::Held<decltype(call())> rows;
      if (const auto error = detail::caught([&] { rows.hold(call); })) {
        return recording.stop(StopReason::model_failed, Status::ok, error);
      }
      return take(session.step(rows.get(), draft, workspace));
    }

    /// Records what a round has committed; `error` is what its last row has thrown.
    bool take(const SpeculativeStep& step, const std::exception_ptr& error = {}) {
      rewind = step.rewind;
      for (std::size_t i = 0; i < step.picks.size(); ++i) {
        const bool last = i + 1 == step.picks.size();
        const StopReason reason = last ? session.reason() : StopReason::none;
        ++size;
        if (!recording.take(step.picks[i], session.generated().first(size), reason)) return false;
      }
      if (step.status == Status::ok) return true;
      if (error) return recording.stop(StopReason::model_failed, Status::ok, error);
      return recording.stop(StopReason::bad_row, step.status);
    }
  };

  C chain_;
  D drafter_;
  Rule rule_;
  N numbers_;
  SpeculativeOptions options_;
};

template <class C, class D>
SpeculativeDecoder(C, D, SpeculativeOptions = {}) -> SpeculativeDecoder<C, DrafterOf<D>>;
template <class C, class D, class Rule>
SpeculativeDecoder(C, D, SpeculativeOptions, Rule) -> SpeculativeDecoder<C, DrafterOf<D>, Rule>;
template <class C, class D, class Rule, class N>
SpeculativeDecoder(C, D, SpeculativeOptions, Rule, N)
    -> SpeculativeDecoder<C, DrafterOf<D>, Rule, N>;

}  // namespace logitkit::inline LOGITKIT_ABI
