// SPDX-License-Identifier: MIT
// SamplesDecoder: what decoders share that draw n sequences of one prompt; see best_of_n.hpp.
#pragma once

#include <logitkit/decode/detail/run_to_end.hpp>
#include <logitkit/decode/samples_session.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// An immutable configuration: a chain, of which every sequence has its own copy, SamplesOptions,
/// and how sequences draw: choosers(i, options, position of the first token) is sequence i's
/// chooser. The prompt is read once, and its row is the parent of all n.
template <class C, class Choosers>
class SamplesDecoder {
  static_assert(detail::explain_processor<C>());

 public:
  using Chooser =
      std::invoke_result_t<const Choosers&, std::size_t, const SamplesOptions&, std::size_t>;
  using Session = SamplesSession<C, Chooser>;

  SamplesDecoder(C chain, Choosers choosers, const SamplesOptions& options)
      : chain_(std::move(chain)), choosers_(std::move(choosers)), options_(options) {
    require(options_.check());
  }

  /// The sequences under way. Throws as SequenceDecoder::start does.
  [[nodiscard]] Session start(std::span<const Token> prompt, const Limits& limits) const {
    return Session(chain_, choosers_, options_, prompt, limits);
  }

  /// The n best, best first by the scorer: see SamplesSession::results. The model is a plain
  /// callable or has `step` and `reorder`; where it throws, all end with what they have.
  template <class M, class F = OwnScore>
  [[nodiscard]] std::vector<Generation> decode(M&& model, std::span<const Token> prompt,
                                               const Limits& limits, F&& scorer = {}) const {
    static_assert(std::is_invocable_r_v<double, F&, const Generation&>,
                  "logitkit: a scorer is callable with one const lk::Generation& and returns a "
                  "number, the larger the better");
    Session session = start(prompt, limits);
    detail::run_to_end(session, model, prompt, [] {});
    return session.results(scorer);
  }

 private:
  C chain_;
  Choosers choosers_;
  SamplesOptions options_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
