// SPDX-License-Identifier: MIT
// TopH: keeps as many of the best tokens as a part of the entropy allows.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Whose rule: see TopH.
enum class TopHRule : std::uint8_t { paper, hugging_face };

/// Keeps the longest run of tokens, best first, with
///
///   paper          H(q) <= alpha * H(p)                q: p of the run, renormalised to sum 1
///   hugging_face   sum of -p ln p <= alpha * H(p)      p: of the 100 best alone, renormalised
///
/// where H is the entropy in nats; the best token stays in any case, and one whose probability is 0
/// when rounded never. The paper's left side grows with every token, so alpha = 1 keeps all;
/// Hugging Face's rule never keeps more than 100. alpha in (0, 1]. Equal scores: the lower token is
/// before the higher. An all-banned row stays empty. Cost: paper O(V) exponentials and a sort of as
/// many as are kept or up to 4 times that; hugging_face O(V / 64) after the row has been read once,
/// and a sort of 100. Source: Baghaei Potraghloo et al. 2025, "Top-H decoding: adapting the
/// creativity and coherence with bounded entropy in text generation", arXiv 2509.02510,
/// algorithm 1.
template <std::floating_point P = float>
class TopH {
 public:
  static constexpr bool whole_row = true;

  explicit TopH(P alpha, TopHRule rule = TopHRule::paper) : alpha_(alpha), rule_(rule) {
    require(check(alpha));
  }

  [[nodiscard]] static std::string check(P alpha) {
    return alpha > 0 && alpha <= 1 ? std::string()
                                   : misuse("TopH", "alpha", "0 < alpha <= 1", double(alpha));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (candidates.status() != Status::ok) return;
    if (rule_ == TopHRule::hugging_face) {
      candidates.keep_top(of_the_best(candidates.sorted(100)));
    } else if (alpha_ < 1) {
      const double limit = double(alpha_) * candidates.entropy();
      std::size_t looked_at = 64, kept = looked_at;
      while (kept == looked_at) {
        looked_at *= 4;
        kept = within(candidates.sorted(looked_at), limit);
      }
      candidates.keep_top(kept);
    }
  }

  void describe(auto& tell) const {
    tell("top_h", "alpha", alpha_).option("hugging_face", rule_ == TopHRule::hugging_face, false);
  }

 private:
  /// The sums that an entropy is made of: of exp(-d), and of that times d, where d is the distance
  /// from the best score.
  struct Sums {
    double weights = 0, distances = 0;

    /// Whether it weighs anything.
    bool add(double distance) {
      const double weight = math::exp(-distance);
      weights += weight;
      distances = std::fma(weight, distance, distances);
      return weight > 0;
    }
    [[nodiscard]] double entropy() const { return math::log(weights) + distances / weights; }
  };

  /// How many of a sorted list have an entropy within the limit; at least one.
  [[nodiscard]] static std::size_t within(std::span<const Candidate> best, double limit) {
    Sums sums;
    sums.add(0);
    std::size_t kept = 1;
    for (; kept < best.size(); ++kept) {
      const bool counts = sums.add(best[0].score - best[kept].score);
      if (!counts || sums.entropy() > limit) break;
    }
    return kept;
  }

  /// How many of a sorted list have a share in its entropy within the limit; at least one.
  [[nodiscard]] std::size_t of_the_best(std::span<const Candidate> best) const {
    Sums all, sums;
    for (const Candidate& each : best) all.add(best[0].score - each.score);
    // The sum of -p ln p, where p = w / W and -ln p = d + ln W.
    const double limit = double(alpha_) * all.entropy() * all.weights;
    const double log_weights = math::log(all.weights);
    sums.add(0);
    std::size_t kept = 1;
    for (; kept < best.size(); ++kept) {
      const bool counts = sums.add(best[0].score - best[kept].score);
      if (!counts || std::fma(sums.weights, log_weights, sums.distances) > limit) break;
    }
    return kept;
  }

  P alpha_;
  TopHRule rule_;
};

template <std::integral I>
TopH(I, TopHRule = TopHRule::paper) -> TopH<float>;

static_assert(Processor<TopH<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
