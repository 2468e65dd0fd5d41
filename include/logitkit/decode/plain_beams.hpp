// SPDX-License-Identifier: MIT
// PlainBeams: the policy of beam search proper: the extensions of the largest sums live on.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/limits.hpp>
#include <logitkit/decode/beam_options.hpp>
#include <logitkit/decode/detail/best_extensions.hpp>
#include <logitkit/decode/detail/finished_beams.hpp>

#include <limits>

namespace logitkit::inline LOGITKIT_ABI {

/// A live beam, as a policy sees it.
template <class State>
struct ParentBeam {
  std::size_t row;
  double sum;  ///< of log-probabilities
  double key;  ///< what it has competed by
  Context context;
  const State& state;
};

/// What makes one variant of beam search differ from another, and nothing else. A value: every
/// session has its own. For each step BeamSession says `restart()`, then `extend(candidates,
/// parent, describe)` for each live beam, whose candidates its chain has been through; then it
/// takes `best_first()`, lets those end that meet a limit, the first `beams` of all as hypotheses,
/// and asks `keep(alive, beams, finished)` how many of the others live on, which that puts in
/// front. Results are shown to its `weigh(results)`, if it has one.
///
/// This one: of all one-token extensions the best K = max(2, 1 + end tokens) * beams compete, by
/// the sum of log-probabilities; equal sums: the lower token, then the lower beam. K is enough for
/// `beams` to live on if every end token comes up.
class PlainBeams {
 public:
  /// What is noted with each beam: copied where it forks, and told each token if it has `accept`.
  struct State {};
  /// Whether finished hypotheses are ordered by key, not by score, and the search goes on until no
  /// beam lives.
  static constexpr bool kByKey = false;

  [[nodiscard]] State root() const { return {}; }

  void prepare(const BeamOptions& options, const Limits& limits, std::size_t vocabulary) {
    competitors_ = std::max<std::size_t>(2, 1 + limits.end_tokens.size()) * options.beams;
    best_.reserve(std::min(competitors_, options.beams * vocabulary));
  }
  void restart() { best_.restart(competitors_); }

  /// Offers the extensions of a beam that may be among the K best so far. `describe(token)` is the
  /// log-probability that the model gave it.
  template <std::floating_point S>
  void extend(Candidates<S>& candidates, const ParentBeam<State>& parent, const auto& describe) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    double last_score = kInfinity, last_sum = kInfinity;
    for (const auto& [token, score] : candidates.sorted(competitors_, best_.at_least(parent.sum))) {
      double sum = parent.sum + score;
      // What is less probable stays so, even where the sum would round the difference away, and
      // what is as probable stays beside it.
      if (math::order_key(score) == math::order_key(last_score)) {
        sum = last_sum;
      } else if (math::order_key(sum) >= math::order_key(last_sum)) {
        sum = std::nextafter(last_sum, -kInfinity);
      }
      last_score = score, last_sum = sum;
      best_.offer({sum, sum, token, parent.row, describe(token)});
    }
  }

  [[nodiscard]] std::span<detail::Extension> best_first() { return best_.best_first(); }

  [[nodiscard]] std::size_t keep(std::span<detail::Extension> alive, std::size_t beams,
                                 const detail::FinishedBeams&) const {
    return std::min(alive.size(), beams);
  }

 private:
  std::size_t competitors_ = 0;
  detail::BestExtensions best_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
