// SPDX-License-Identifier: MIT
// Perturbed: the extensions of a beam by their sums with Gumbel noise, largest first, and which
// random numbers make that order.
#pragma once

#include <logitkit/decode/beam_policy.hpp>
#include <logitkit/decode/detail/distinct_draws.hpp>
#include <logitkit/random/philox_decider.hpp>
#include <logitkit/random/truncated_gumbel.hpp>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Where a beam is in the tree of all sequences: a number made of its tokens, seed and stream.
struct TreePath {
  std::uint64_t id;

  TreePath(std::uint64_t seed, std::uint64_t stream) : id(PhiloxDecider(seed, stream).bits(0)) {}
  void accept(Token token) {
    id = PhiloxDecider(id, std::uint64_t(-1)).bits(static_cast<std::uint64_t>(token));
  }

  /// Of the node at a position: numbers 2r and 2r + 1 are those of its r-th extension, the one that
  /// chooses its token and the one that is its noise.
  [[nodiscard]] PhiloxDecider numbers(std::size_t position) const {
    return PhiloxDecider(id, position);
  }
};

/// Sums + independent Gumbel noise, sorted, without noise for what is not reached: the largest
/// has a token that is drawn and a value that the caller knows; the next has a token drawn from the
/// rest and, for their sum, a Gumbel number below the last value; and so on. Cost: one exact pass
/// over the candidates, then next to nothing for each.
class Perturbed {
 public:
  void reserve(std::size_t most) { draws_.reserve(most); }

  /// Calls offer(token, perturbed sum) for the `most` best, or until it returns false. The
  /// exponentials of the extensions' sums add up to exp(location); the largest perturbed sum is
  /// `largest`, and `first` chooses its token.
  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, double location, double largest, double first,
                  const auto& numbers, std::size_t most, const auto& offer) {
    draws_.restart();
    double perturbed = largest;
    for (std::uint64_t r = 0; r < most; ++r) {
      if (r > 0) {
        const double rest = location + draws_.log_rest();
        perturbed = truncated_gumbel(rest, perturbed, numbers.bits(2 * r + 1));
      }
      const Token token = draws_.next(candidates, r > 0 ? numbers(2 * r) : first);
      if (token == kNoToken || !offer(token, perturbed)) return;
    }
  }

  /// The same with a beam's own numbers, its extensions offered to `best` as long as they can still
  /// be among them.
  template <std::floating_point S>
  void offer_to(BestExtensions& best, Candidates<S>& candidates, const ParentBeam<TreePath>& parent,
                double location, double largest, double first, std::size_t most) {
    const auto offer = [&](Token token, double key) {
      if (key < best.at_least(0)) return false;
      best.offer({key, parent.sum + candidates.score(token), token, parent.row});
      return true;
    };
    const PhiloxDecider numbers = parent.state.numbers(parent.context.position());
    (*this)(candidates, location, largest, first, numbers, most, offer);
  }

 private:
  DistinctDraws draws_;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
