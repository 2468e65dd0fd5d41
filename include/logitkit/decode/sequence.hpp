// SPDX-License-Identifier: MIT
// SequenceDecoder: what greedy and random decoding share; a chain and a way of choosing.
#pragma once

#include <logitkit/decode/detail/held.hpp>
#include <logitkit/decode/detail/recording.hpp>
#include <logitkit/decode/session.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// An immutable configuration: the same call gives the same result, from any number of threads.
/// `decode` runs a model to the end; `start` makes a session for an engine that owns its loop;
/// `next` is one choice without history.
template <class C, class Chooser>
class SequenceDecoder {
  static_assert(detail::explain_processor<C>());

 public:
  using Session = logitkit::Session<C, Chooser>;

  SequenceDecoder(C chain, Chooser chooser, Report report)
      : chain_(std::move(chain)), chooser_(std::move(chooser)), report_(report) {
    require(report.check());
  }

  /// A running request. Throws std::invalid_argument for limits or a prompt that cannot be, such as
  /// an empty prompt or a negative token (see Limits::check, Limits::check_prompt).
  [[nodiscard]] Session start(std::span<const Token> prompt, const Limits& limits) const {
    return Session(chain_, chooser_, report_, prompt, limits);
  }

  /// One choice from one row, no history kept. A chain with state is brought up to the context
  /// first, which costs a copy and O(context); without state there is no such cost.
  template <class R>
  [[nodiscard]] Pick next(const R& row, const Context& context, Workspace& workspace) const {
    static_assert(detail::explain_row<R>());
    if constexpr (RowLike<R>) return next_by(as_row(row), context, workspace);
    return {};
  }

  /// The same by a part of a row.
  template <std::floating_point S>
  [[nodiscard]] Pick next(const CandidateList<S>& list, const Context& context,
                          Workspace& workspace) const {
    return next_by(list, context, workspace);
  }

  /// Generates until a limit is met. The observer gets each token as soon as it is certain to stay
  /// and may return false to stop. Throws as `start` does; a model that throws ends the generation
  /// instead, with the tokens made so far; what other user code throws passes through.
  template <class M, class O = NoObserver>
  [[nodiscard]] Generation decode(M&& model, std::span<const Token> prompt, const Limits& limits,
                                  O&& observer = {}) const {
    using Given = std::remove_reference_t<M>;
    static_assert(detail::explain_model<Given>());
    static_assert(Observer<std::remove_reference_t<O>>,
                  "logitkit: an observer is callable with one lk::Token");
    Session session = start(prompt, limits);
    Run<std::remove_reference_t<O>> run{session, {observer, limits, session.reason()}, {}};
    if constexpr (StatefulModel<Given>) {
      bool going = run.advance([&]() -> decltype(auto) { return model.prefill(prompt); });
      while (going) {
        const Token last = session.tokens().back();
        going = run.advance([&]() -> decltype(auto) { return model.step(std::span(&last, 1)); });
      }
    } else if constexpr (PlainModel<Given>) {
      while (run.advance([&]() -> decltype(auto) { return model(session.tokens()); })) {
      }
    }
    return run.recording.finish(session.generated());
  }

 private:
  /// One choice from a Row or a CandidateList.
  template <class R>
  [[nodiscard]] Pick next_by(const R& row, const Context& context, Workspace& workspace) const {
    workspace.alternatives().clear();
    const auto pick = [&](const C& chain) {
      return detail::choose(row, chain, chooser_, context, report_, 0, workspace);
    };
    if (!keeps_state(chain_)) return pick(chain_);
    C chain = chain_;
    if constexpr (StartingProcessor<C>) chain.start(context.prompt());
    if constexpr (AcceptingProcessor<C>) {
      for (const Token token : context.generated()) chain.accept(token);
    }
    return pick(chain);
  }

  /// What `decode` carries from token to token.
  template <class O>
  struct Run {
    Session& session;
    detail::Recording<O> recording;
    Workspace workspace;
    std::size_t vocabulary = 0;  // of the first row

    /// Calls the model for a row and commits what it picks; false at the end.
    template <class Call>
    bool advance(const Call& call) {
      if (!recording.going()) return false;
      detail::Held<decltype(call())> rows;
      if (const auto error = detail::caught([&] { rows.hold(call); })) {
        return recording.stop(StopReason::model_failed, Status::ok, error);
      }
      const auto all = as_rows(rows.get(), 1);
      if (vocabulary == 0) vocabulary = all.vocabulary;
      const bool fits = all.count == 1 && all.vocabulary == vocabulary;
      const Pick pick =
          fits ? session.next(all[0], workspace) : Pick{.status = Status::wrong_length};
      if (pick.status != Status::ok) return recording.stop(StopReason::bad_row, pick.status);
      const StopReason reason = session.accept(pick.token);
      return recording.take(pick, session.generated(), reason);
    }
  };

  C chain_;
  Chooser chooser_;
  Report report_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
