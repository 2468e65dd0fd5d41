// SPDX-License-Identifier: MIT
// SampledBeams: the policy of beam sampling, whose beams draw what they are extended by.
#pragma once

#include <logitkit/decode/detail/perturbed.hpp>
#include <logitkit/decode/plain_beams.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct SampledOptions {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
};

/// Of all one-token extensions, K = max(2, 1 + end tokens) * beams are drawn without replacement,
/// with probabilities proportional to the exponentials of their sums; those that end are finished
/// if they are among the first `beams` drawn, and of the others the `beams` of the largest sums
/// live on. Hugging Face's `_beam_search` with do_sample (transformers 4.50 to 5; by its legacy
/// rules the drawn are sorted by sum first):
///   BeamSearchDecoder{chain, {.beams = 4}, SampledBeams{{.seed = 42}}}
/// The larger sums win after the draw, so that the results are more probable than samples, and less
/// diverse. A beam's sum is of scores after the chain: a temperature works on every step's.
///
/// One beam draws one extension: what RandomDecoder draws with the same seed and stream, if the
/// chain does not mind that it sees log_softmax(logits). Random numbers are keyed by seed, stream,
/// position, tokens so far and rank among a beam's extensions.
/// A token with less than 2^-56 of the best one's probability after the same prefix does not come.
/// Cost a token: that of plain beam search, and for each beam a pass of exact masses.
class SampledBeams : public PlainBeams {
 public:
  using State = detail::TreePath;

  explicit SampledBeams(const SampledOptions& options = {}) : options_(options) {}

  [[nodiscard]] State root() const { return {options_.seed, options_.stream}; }

  void prepare(const BeamOptions& options, const Limits& limits, std::size_t vocabulary) {
    PlainBeams::prepare(options, limits, vocabulary);
    legacy_ = options.legacy;
    if (options.beams == 1) competitors_ = 1;
    perturbed_.reserve(std::min(competitors_, vocabulary));
  }

  void accept(State& state, Token token) const { state.accept(token); }

  template <std::floating_point S>
  void extend(Candidates<S>& candidates, const ParentBeam<State>& parent) {
    const std::size_t position = parent.context.position();
    const PhiloxDecider numbers = parent.state.numbers(position);
    const double location = parent.sum + candidates.log_sum_exp();
    const double largest =
        truncated_gumbel(location, std::numeric_limits<double>::infinity(), numbers.bits(1));
    const double first =
        competitors_ == 1 ? PhiloxDecider(options_.seed, options_.stream)(position) : numbers(0);
    perturbed_.offer_to(best_, candidates, parent, location, largest, first, competitors_);
  }

  [[nodiscard]] std::span<Extension> best_first() {
    const auto drawn = PlainBeams::best_first();
    if (legacy_) sort_by_sum(drawn);
    return drawn;
  }

  [[nodiscard]] std::size_t keep(std::span<Extension> alive, std::size_t beams,
                                 const FinishedBeams&) const {
    sort_by_sum(alive);
    return std::min(alive.size(), beams);
  }

 private:
  static void sort_by_sum(std::span<Extension> extensions) {
    for (Extension& each : extensions) each.key = each.sum;
    std::sort(extensions.begin(), extensions.end());
  }

  SampledOptions options_;
  bool legacy_ = false;
  detail::Perturbed perturbed_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
