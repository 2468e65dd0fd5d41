// SPDX-License-Identifier: MIT
// TopH: keeps as many of the best tokens as a part of the entropy allows.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <array>
#include <numeric>  // std::midpoint

namespace logitkit::inline LOGITKIT_ABI {

/// Whose rule: see TopH.
enum class TopHRule : std::uint8_t { paper, hugging_face };

/// Keeps the longest run of tokens, best first, with
///
///   paper          H(q) <= alpha * H(p)                q: p of the run, renormalised to sum 1
///   hugging_face   sum of -p ln p <= alpha * H(p)      p: of the 100 best alone, renormalised
///
/// where H is the entropy in nats; the best token stays in any case, and one that weighs less than
/// 2^-63 of it never. The paper's left side grows with every token, so alpha = 1 keeps all; Hugging
/// Face's rule never keeps more than 100. alpha in (0, 1]. Equal scores: the lower token is before
/// the higher. An all-banned row stays empty.
/// Cost: paper, O(V) exponentials and, where the 256 best do not decide, a few passes over the set,
/// never a sort; hugging_face, O(V / 64) after the row has been read once, and a sort of 100.
/// Source: Baghaei Potraghloo et al. 2025, "Top-H decoding: adapting the creativity and coherence
/// with bounded entropy in text generation", arXiv 2509.02510, algorithm 1.
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
      const auto best = candidates.sorted(kFew);
      const std::size_t few = within(best, limit);
      const bool decided = few < best.size() || best.size() < kFew;
      candidates.keep_top(decided ? few : within(candidates, limit));
    }
  }

  void describe(auto& tell) const {
    tell("top_h", "alpha", alpha_).option("hugging_face", rule_ == TopHRule::hugging_face, false);
  }

 private:
  static constexpr std::size_t kFew = 256;

  /// The sums that an entropy is made of, as integers, so that no order changes them: of the
  /// weights w = 2^-d, in 2^-62, and of w d, in 2^-55, where d is the distance from the best in
  /// octaves.
  struct Sums {
    math::Mass weights, distances;

    void add(math::Octaves d, std::uint64_t times = 1) {
      const std::uint64_t weight = math::weight(d), distance = math::multiply_high(weight, d);
      weights += math::Mass{math::multiply_high(weight, times), weight * times};
      distances += math::Mass{math::multiply_high(distance, times), distance * times};
    }
    void add(const Sums& other) {
      weights += other.weights;
      distances += other.distances;
    }
    /// The sum of -w ln(w / W), over W; W is the sum of weights of these or of others.
    [[nodiscard]] double entropy(const math::Mass& all) const {
      const double each = all.to_double(), log_all = math::log(each * 0x1p-62);
      return std::fma(weights.to_double() / each, log_all,
                      distances.to_double() / each * (0x1p7 / math::kLog2E));
    }
    [[nodiscard]] double entropy() const { return entropy(weights); }
  };

  /// A part of the set: what is within an interval of distances.
  struct Share {
    Sums sums;
    std::size_t count = 0;
    math::Octaves nearest = math::kFarthest, farthest = 0;
  };

  [[nodiscard]] static math::Octaves distance(double best, double score) {
    return math::to_octaves((best - score) * math::kLog2E);
  }

  /// How many of a sorted list of at most kFew have an entropy within the limit; at least one.
  [[nodiscard]] static std::size_t within(std::span<const Candidate> best, double limit) {
    std::array<Sums, kFew> sums;  // of each beginning of the list
    std::size_t size = 0;
    for (Sums all; size < best.size(); ++size) {
      const math::Octaves d = distance(best[0].score, best[size].score);
      if (d >= math::kFarthest) break;
      all.add(d);
      sums[size] = all;
    }
    const auto end = std::partition_point(sums.begin() + 1, sums.begin() + size,
                                          [=](const Sums& s) { return s.entropy() <= limit; });
    return static_cast<std::size_t>(end - sums.begin());
  }

  /// The same of the whole set. It is divided by distance into 256 shares, half an octave wide at
  /// first; the one in which the limit is passed is divided again, until all in it are equals. What
  /// is farther than that share is dropped after the first pass.
  template <std::floating_point S>
  [[nodiscard]] static std::size_t within(Candidates<S>& candidates, double limit) {
    const double best = candidates.maximum();
    Share ahead;
    math::Octaves low = 0;
    for (int shift = 56;; shift -= 8) {
      std::array<Share, 256> shares{};
      for (const auto& [token, score] : candidates) {
        const math::Octaves d = distance(best, score);
        if (d < low || (d - low) >> shift >= shares.size() || d == math::kFarthest) continue;
        Share& share = shares[(d - low) >> shift];
        share.sums.add(d);
        ++share.count;
        share.nearest = std::min(share.nearest, d), share.farthest = std::max(share.farthest, d);
      }
      Share all = ahead;
      for (Share& share : shares) {  // each with all that is nearer
        all.sums.add(share.sums), all.count += share.count;
        share.sums = all.sums, share.count = all.count;
      }
      const auto last = std::partition_point(shares.begin(), shares.end(), [=](const Share& share) {
        return share.sums.entropy() <= limit;
      });
      if (last == shares.end()) return all.count;
      if (last != shares.begin()) ahead = last[-1];
      if (last->nearest == last->farthest) {
        return ahead.count +
               equals_within(ahead.sums, last->nearest, last->count - ahead.count, limit);
      }
      low += static_cast<math::Octaves>(last - shares.begin()) << shift;
      if (shift == 56) {
        candidates.keep_above(best -
                              double(low + (math::Octaves{2} << shift)) * 0x1p-57 / math::kLog2E);
      }
    }
  }

  /// Of `count` equals at a distance, of which all are too many, how many are within the limit.
  [[nodiscard]] static std::size_t equals_within(const Sums& ahead, math::Octaves d,
                                                 std::size_t count, double limit) {
    std::size_t kept = 0;
    while (count - kept > 1) {
      const std::size_t middle = std::midpoint(kept, count);
      Sums sums = ahead;
      sums.add(d, middle);
      (sums.entropy() <= limit ? kept : count) = middle;
    }
    return kept;
  }

  /// How many of a sorted list have a share in its entropy within the limit; at least one.
  [[nodiscard]] std::size_t of_the_best(std::span<const Candidate> best) const {
    Sums all, sums;
    for (const Candidate& each : best) all.add(distance(best[0].score, each.score));
    const double limit = double(alpha_) * all.entropy();
    sums.add(0);
    std::size_t kept = 1;
    for (; kept < best.size(); ++kept) {
      const math::Octaves d = distance(best[0].score, best[kept].score);
      sums.add(d);
      if (d >= math::kFarthest || sums.entropy(all.weights) > limit) break;
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
