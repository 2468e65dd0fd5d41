// SPDX-License-Identifier: MIT
// BeamSearchDecoder: keeps the k best prefixes by cumulative log-probability.
#pragma once

#include <logitkit/decode/beam_session.hpp>
#include <logitkit/decode/detail/run_to_end.hpp>
#include <logitkit/decode/observe.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// An immutable configuration: a chain, of which every beam has its own copy, BeamOptions, and a
/// policy: PlainBeams, or DiverseBeams, RequiredPhrases, SampledBeams, StochasticBeams, or yours.
///
///     const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 4, .length_penalty = 0.6}};
///     std::vector<lk::Generation> texts = beams.decode(model, prompt, {.max_new_tokens = 64});
///
/// `decode` runs a model to the end: one with `prefill`, `step` and `reorder`, see ForkableModel,
/// or any callable; `start` makes a session for an engine that owns its loop. The same call gives
/// the same result. Cost a token: for each beam one read of its row and one exponential pass; for
/// each that forks, a copy of its chain's state.
/// Source: Lowerre 1976, "The Harpy speech recognition system"; scoring and stopping as in Hugging
/// Face, which is said where it happens, in BeamSession.
template <class C = Chain<>, class P = PlainBeams>
class BeamSearchDecoder {
  static_assert(detail::explain_processor<C>());

 public:
  using Session = BeamSession<C, P>;

  explicit BeamSearchDecoder(C chain = C(), BeamOptions options = {}, P policy = P())
      : chain_(std::move(chain)), options_(options), policy_(std::move(policy)) {
    require(options_.check());
    require(policy_.check(options_));
  }

  /// A running search. Throws as SequenceDecoder::start does.
  [[nodiscard]] Session start(std::span<const Token> prompt, const Limits& limits) const {
    return Session(chain_, options_, policy_, prompt, limits);
  }

  /// The n best, best first, each with its own reason. The model is a plain callable or has `step`
  /// and `reorder`; one that throws ends the search, with the beams as far as they had come.
  /// The observer gets a token once every beam that can still win agrees on it, and may return
  /// false to stop.
  template <class M, class O = NoObserver>
  [[nodiscard]] std::vector<Generation> decode(M&& model, std::span<const Token> prompt,
                                               const Limits& limits, O&& observer = {}) const {
    static_assert(Observer<std::remove_reference_t<O>>,
                  "logitkit: an observer is callable with one lk::Token");
    Session session = start(prompt, limits);
    std::size_t handed_out = 0;
    detail::run_to_end(session, model, prompt, [&] {
      if constexpr (!std::same_as<std::remove_cvref_t<O>, NoObserver>) {
        if (!hand_out(session, handed_out, observer)) session.stop(StopReason::observer);
      }
    });
    return session.results();
  }

 private:
  /// Hands out what all live and finished hypotheses have in common, except what may still become a
  /// stop sequence; at the end, the best one.
  template <class O>
  [[nodiscard]] static bool hand_out(const Session& session, std::size_t& handed_out, O& observer) {
    const auto finished = session.finished();
    const std::span<const Token> best = session.live() > 0 ? session.context(0).generated()
                                        : finished.empty() ? std::span<const Token>()
                                                           : finished.front().text();
    std::size_t common = best.size();
    const auto agree = [&](std::span<const Token> other) {
      common = std::min(common, other.size());
      std::size_t same = std::min(common, handed_out);  // what all agreed on, they still do
      while (same < common && best[same] == other[same]) ++same;
      common = same;
    };
    if (!session.done()) {
      for (std::size_t r = 0; r < session.live(); ++r) agree(session.context(r).generated());
      for (const Generation& each : finished) agree(each.text());
      common -= StopSequence{session.limits().stop_sequences}.pending(best.first(common));
    }
    while (handed_out < common) {
      if (!detail::notify(observer, best[handed_out++])) return false;
    }
    return true;
  }

  C chain_;
  BeamOptions options_;
  P policy_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
