// SPDX-License-Identifier: MIT
// BeamPolicy: what makes one variant of beam search differ from another; see PlainBeams for one.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/limits.hpp>
#include <logitkit/decode/beam_options.hpp>
#include <logitkit/decode/best_extensions.hpp>
#include <logitkit/decode/finished_beams.hpp>

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

/// A policy is a value, of which every session has its own, and each beam a `State`, which begins
/// as `root()` and is copied where the beam forks. `prepare(options, limits, vocabulary)` makes
/// room, before the first step and in a copy that lacks it. For each step BeamSession says
/// `restart()`, then `extend(candidates, parent)` for each live beam, whose candidates its chain
/// has been through. Then it takes `best_first()`, a span of Extensions, lets those end that meet a
/// limit, the first `beams` of all as hypotheses, and asks `keep(alive, beams, finished)` how many
/// of the others live on, which that puts in front, best first.
///
/// What follows is the rest that a policy can say, and what it says if it is silent.
struct BeamPolicy {
  /// Whether finished hypotheses are ordered by key, not by score, and the search goes on until no
  /// beam lives.
  [[nodiscard]] bool by_key() const { return false; }
  /// What is wrong with its parameters, and with a request's.
  [[nodiscard]] std::string check(const BeamOptions&) const { return {}; }
  [[nodiscard]] std::string check(const Limits&, std::size_t /*prompt*/) const { return {}; }
  /// Edits the log-probabilities that a chain will see.
  void before_chain(auto& /*candidates*/) const {}
  /// Is shown the competitors, best first, why any of them would end, and what had ended before.
  void survey(std::span<const Extension>, std::size_t /*beams*/, const FinishedBeams&) {}
  /// Whether one that meets a limit may be a hypothesis; if not, it is lost.
  [[nodiscard]] bool may_end(const Extension&) const { return true; }
  /// Brings a beam's state up to date with its next token.
  void accept(auto& /*state*/, Token) const {}
  /// Adds to the results what only the policy knows.
  void weigh(std::span<Generation>) const {}
};

namespace detail {

/// How many extensions compete, so that `beams` live on if every token comes up that can end one:
/// an end token, or the last of a stop sequence. (A predicate may end them all.)
[[nodiscard]] inline std::size_t competitors(const BeamOptions& options, const Limits& limits) {
  std::vector<Token> last = limits.end_tokens;
  for (const auto& sequence : limits.stop_sequences) {
    if (std::find(last.begin(), last.end(), sequence.back()) == last.end()) {
      last.push_back(sequence.back());
    }
  }
  return std::max<std::size_t>(2, 1 + last.size()) * options.beams;
}

/// Calls offer(token, sum) for the n best extensions of a beam that may be among `best`, best
/// first.
template <std::floating_point S>
void for_each_extension(Candidates<S>& candidates, std::size_t n, double parent_sum,
                        const BestExtensions& best, const auto& offer) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double last_score = kInfinity, last_sum = kInfinity;
  for (const auto& [token, score] : candidates.sorted(n, best.at_least(parent_sum))) {
    double sum = parent_sum + score;
    // What is less probable stays so, even where the sum would round the difference away, and what
    // is as probable stays beside it.
    if (math::order_key(score) == math::order_key(last_score)) {
      sum = last_sum;
    } else if (math::order_key(sum) >= math::order_key(last_sum)) {
      sum = std::nextafter(last_sum, -kInfinity);
    }
    last_score = score, last_sum = sum;
    offer(token, sum);
  }
}

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
