// SPDX-License-Identifier: MIT
// StochasticBeams: the policy of stochastic beam search, which samples without replacement.
#pragma once

#include <logitkit/decode/detail/perturbed.hpp>
#include <logitkit/decode/plain_beams.hpp>
#include <logitkit/random/inclusion.hpp>

#include <functional>

namespace logitkit::inline LOGITKIT_ABI {

struct StochasticOptions {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
  bool noise = true;  ///< without, this is PlainBeams, bit for bit, and no more
};

/// The results of a search of k beams are k different sequences, drawn one after the other from the
/// distribution that the chain leaves, each without those before it, in that order:
///   BeamSearchDecoder{chain, {.beams = k}, StochasticBeams{{.seed = 42}}}
/// Every sequence's log-probability has Gumbel noise, and the k largest are found by a beam search
/// over the largest of each prefix; finished sequences keep competing, so BeamOptions' length
/// penalty and stopping rule decide nothing. (All of this and of what follows is with `noise`.)
///
/// The first result is what RandomDecoder draws with the same seed and stream, whatever k, if the
/// chain does not mind that it sees log_softmax(logits); and the results of k beams are the first k
/// of more beams. Random numbers are keyed by seed, stream, position, tokens so far and rank among
/// the extensions, never by rows.
///
/// Generation::inclusion is the probability that a sequence gets noise above the (k+1)-th largest,
/// Generation::weight what it counts in an estimate: the sum of weight * f(sequence) is an unbiased
/// estimate of the mean of f over the distribution; divided by the sum of the weights it varies
/// less. Both are for samples of `beams` sequences, even if n_best is less.
///
/// A token with less than 2^-56 of the best one's probability after the same prefix does not come.
/// Cost a token: for each beam that of plain beam search and one pass of exact masses; noise is
/// made for the extensions that come, not for the vocabulary.
/// Source: Kool, van Hoof, Welling 2019, "Stochastic beams and where to find them: the Gumbel-top-k
/// trick for sampling sequences without replacement", algorithm 1.
class StochasticBeams : public PlainBeams {
 public:
  using State = detail::TreePath;

  explicit StochasticBeams(const StochasticOptions& options = {}) : options_(options) {}

  [[nodiscard]] State root() const { return {options_.seed, options_.stream}; }

  [[nodiscard]] bool by_key() const { return options_.noise; }

  [[nodiscard]] std::string check(const BeamOptions& options) const {
    if (!options_.noise) return {};
    if (options.legacy) return "BeamOptions: legacy must be false for stochastic beams";
    if (options.wanted() == options.beams) return {};
    return misuse("BeamOptions", "patience", "patience = 1 for stochastic beams", options.patience);
  }
  using PlainBeams::check;

  void prepare(const BeamOptions& options, const Limits& limits, std::size_t vocabulary) {
    PlainBeams::prepare(options, limits, vocabulary);
    if (!options_.noise) return;
    scores_ = options;
    competitors_ = options.beams + 1;  // one more, for the threshold
    perturbed_.reserve(std::min(competitors_, vocabulary));
    rivals_.reserve(options.beams + competitors_);
  }

  void accept(State& state, Token token) const { state.accept(token); }

  template <std::floating_point S>
  void extend(Candidates<S>& candidates, const ParentBeam<State>& parent) {
    if (!options_.noise) return PlainBeams::extend(candidates, parent);
    candidates.normalise();
    const std::size_t position = parent.context.position();
    const PhiloxDecider numbers = parent.state.numbers(position);
    double largest = parent.key;
    if (parent.context.generated().empty()) {
      largest = largest_ = truncated_gumbel(0, kInfinity, numbers.bits(1));
    }
    // On the way to the largest of all, tokens are drawn as RandomDecoder draws them.
    const bool leads = math::order_key(largest) == math::order_key(largest_);
    const double first =
        leads ? PhiloxDecider(options_.seed, options_.stream)(position) : numbers(0);
    perturbed_.offer_to(best_, candidates, parent, parent.sum, largest, first, competitors_);
  }

  /// The best of all, finished ones included, that is not among the best `beams` may be the
  /// threshold.
  void survey(std::span<const Extension> best, std::size_t beams, const FinishedBeams& finished) {
    if (!options_.noise) return;
    rivals_.assign(finished.keys().begin(), finished.keys().end());
    for (const Extension& each : best) rivals_.push_back(each.key);
    if (rivals_.size() <= beams) return;
    const auto place = rivals_.begin() + static_cast<std::ptrdiff_t>(beams);
    std::nth_element(rivals_.begin(), place, rivals_.end(), std::greater<>());
    threshold_ = std::max(threshold_, *place);
  }

  /// Those that are among the best `beams` of all, finished ones included.
  [[nodiscard]] std::size_t keep(std::span<Extension> alive, std::size_t beams,
                                 const FinishedBeams& finished) const {
    if (!options_.noise) return PlainBeams::keep(alive, beams, finished);
    const std::span<const double> rivals = finished.keys();
    std::size_t count = 0, better = 0;  // better: finished ones
    while (count < alive.size()) {
      while (better < rivals.size() && rivals[better] >= alive[count].key) ++better;
      if (count + better >= beams) break;
      ++count;
    }
    return count;
  }

  /// The (k+1)-th largest of the perturbed log-probabilities so far; -inf if there is none.
  [[nodiscard]] double threshold() const { return threshold_; }

  /// Tells results their probabilities of inclusion and their weights.
  void weigh(std::span<Generation> results) const {
    if (!options_.noise) return;
    for (Generation& each : results) {
      const std::size_t length = each.tokens.size();
      const double sum = std::fma(each.score, scores_.length_penalty(length),
                                  -(scores_.word_reward * double(length)));
      each.inclusion = inclusion_probability(sum, threshold_);
      each.weight = importance_weight(sum, threshold_);
    }
  }

 private:
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();

  StochasticOptions options_;
  BeamOptions scores_;
  double largest_ = 0;  // of the root, and of whoever leads
  double threshold_ = -kInfinity;
  detail::Perturbed perturbed_;
  std::vector<double> rivals_;  // of `survey`
};

}  // namespace logitkit::inline LOGITKIT_ABI
