// SPDX-License-Identifier: MIT
// Truncation by a threshold, slowly: the scores that reach it, and the best few in any case.
#pragma once

#include "reference/trial.hpp"

#include <string>

namespace reference {

/// The threshold, or the min_keep-th best score if that is lower.
inline long double lowered(long double threshold, const Scores& scores, std::size_t min_keep) {
  const auto order = best_first(scores);
  if (order.empty()) return threshold;
  return std::min(threshold, scores[order[std::min(min_keep, order.size()) - 1]]);
}

inline Scores reaching(Scores scores, long double threshold) {
  for (long double& s : scores) s = s >= threshold ? s : kBanned;
  return scores;
}

/// A processor against a threshold(slow scores), on all sizes; scores nearer to the threshold than
/// `within` may go either way, the best never.
template <class S, class P, class F>
void agree_with_threshold(const P& processor, const F& threshold, long double within) {
  for (const std::size_t size : sizes()) {
    for_each_trial<S>(size, [&](auto& fast, const Scores& before, const auto& row) -> std::string {
      processor(fast, {});
      if (fast.status() != lk::Status::ok) return lk::to_string(fast.status());
      const long double rounding = tolerance(before, row), at = threshold(before);
      const Scores got = scores_of(fast);
      Scores slow = reaching(before, at);
      for (std::size_t t = 0; t < slow.size(); ++t) {
        if (std::fabs(before[t] - at) <= within + rounding) slow[t] = got[t];
      }
      if (count_kept(got) == 0) return "nothing is left";
      return difference(got, slow, rounding);
    });
  }
  SUCCEED("all trials done");
}

}  // namespace reference
