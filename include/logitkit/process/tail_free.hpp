// SPDX-License-Identifier: MIT
// TailFree: keeps the tokens ahead of where the probabilities, in descending order, level out.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/min_keep.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// With the probabilities p(0) >= p(1) >= ... of n tokens, best first, and the curvatures
/// c(i) = |p(i) - 2 p(i+1) + p(i+2)|, keeps the first i tokens for the smallest i >= min_keep such
/// that c(0) + ... + c(i) > z * (sum of all n - 2). z in (0, 1]; z = 1 keeps all, and so do n <= 2
/// and scores that are all equal, which have no tail (llama.cpp's removed sampler kept z of them).
/// Equal scores: the lower token is before the higher. An all-banned row stays empty. Probabilities
/// are integers in 2^-62 of the best one's, so that curvatures are exact.
/// Cost: O(V / 64) and the k best in order, found without comparisons in O(k). What follows these
/// cannot curve by more than 2 p(k-1), so the first few decide in peaked distributions: k begins at
/// 64 and grows until they do, to V where p falls evenly to its end.
/// Source: Phénix 2019, "Tail free sampling"; as in llama.cpp until its pull request 10071, which
/// removed it.
template <std::floating_point P = float>
class TailFree {
 public:
  static constexpr bool whole_row = true;

  explicit TailFree(P z, const MinKeep& options = {}) : z_(double(z)), min_keep_(options.min_keep) {
    require(check(z, options));
  }

  [[nodiscard]] static std::string check(P z, const MinKeep& options = {}) {
    return z > 0 && z <= 1 ? detail::check_min_keep("TailFree", options.min_keep)
                           : misuse("TailFree", "z", "0 < z <= 1", double(z));
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    if (z_ == 1 || candidates.status() != Status::ok) return;
    for (std::size_t k = std::max<std::size_t>(64, min_keep_);; k *= 8) {
      const auto best = candidates.sorted(k);
      const bool all = best.size() < k;
      if (const std::size_t kept = head(best, all); kept > 0) return candidates.keep_top(kept);
      if (all) return;
    }
  }

  void describe(auto& tell) const { tell("tail_free", "z", z_).option("min_keep", min_keep_, 1); }

 private:
  /// How many of the first tokens stay; 0 if it cannot be told, or if all do.
  [[nodiscard]] std::size_t head(std::span<const Candidate> best, bool all) const {
    if (best.size() <= 2) return 0;
    const auto p = [&](std::size_t i) {
      const double distance = best[0].score - best[i].score;
      return static_cast<std::int64_t>(math::weight(math::to_octaves(distance * math::kLog2E)));
    };
    const auto for_each_sum = [&](const auto& f) {  // f(i, c(0) + ... + c(i)), until it is true
      std::int64_t a = p(0), b = p(1);
      std::uint64_t sum = 0;
      for (std::size_t i = 0; i + 2 < best.size(); ++i) {
        const std::int64_t c = p(i + 2);
        sum += static_cast<std::uint64_t>(std::abs((a - b) - (b - c)));
        if (f(i, double(sum))) return;
        a = b, b = c;
      }
    };
    double least = 0;
    for_each_sum([&](std::size_t, double sum) {
      least = sum;
      return false;
    });
    // What is not in the list, with as much again as weights are rounded by.
    const double most = all ? least : least + 2 * double(p(best.size() - 2)) + 0x1p30;
    std::size_t first = 0, last = 0;  // by the least and by the most that there can be
    for_each_sum([&](std::size_t i, double sum) {
      if (i < min_keep_) return false;
      if (first == 0 && sum > z_ * least) first = i;
      if (sum > z_ * most) last = i;
      return last > 0;
    });
    return first == last ? last : 0;
  }

  double z_;
  std::size_t min_keep_;
};

template <std::integral I>
TailFree(I, MinKeep = {}) -> TailFree<float>;

static_assert(Processor<TailFree<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
