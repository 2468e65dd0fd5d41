// SPDX-License-Identifier: MIT
// DistinctDraws: tokens drawn without replacement from one set of candidates, exactly.
#pragma once

#include <logitkit/core/candidates.hpp>

#include <algorithm>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Each draw is one from the masses of what is left, in whole numbers: a quantile of the rest is
/// moved up by the masses of the lower tokens that are gone. The candidates are not changed, so
/// that a whole row is weighed once, however many are drawn. The first is what Candidates::draw
/// gives.
class DistinctDraws {
 public:
  void reserve(std::size_t n) { drawn_.reserve(n); }
  void restart() { drawn_.clear(); }

  /// The next token, from the same candidates since `restart`; kNoToken if none of any mass is left
  /// or the status is bad.
  template <std::floating_point S>
  [[nodiscard]] Token next(Candidates<S>& candidates, double u) {
    if (!drawn_.empty() && rest_ == math::Mass{}) return kNoToken;
    const Share share = candidates.share_at([&](const math::Mass& total) {
      if (drawn_.empty()) total_ = rest_ = total;
      math::Mass target = math::fraction_of(rest_, u);
      for (const Share& gone : drawn_) {
        if (target < gone.before) break;
        target += gone.own;
      }
      return target;
    });
    if (share.token == kNoToken) return kNoToken;
    rest_ -= share.own;
    const auto place =
        std::upper_bound(drawn_.begin(), drawn_.end(), share.token,
                         [](Token token, const Share& other) { return token < other.token; });
    drawn_.insert(place, share);
    return share.token;
  }

  /// ln of the probability that was left after the draws so far; needs one.
  [[nodiscard]] double log_rest() const {
    return math::log(rest_.to_double() / total_.to_double());
  }

 private:
  std::vector<Share> drawn_;  // by token
  math::Mass total_, rest_;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
