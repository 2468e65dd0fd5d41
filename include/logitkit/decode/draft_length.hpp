// SPDX-License-Identifier: MIT
// DraftLength: how many tokens to draft, from how many were accepted so far and what one costs.
#pragma once

#include <logitkit/core/error.hpp>

#include <algorithm>
#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI {

struct DraftLengthOptions {
  /// What a draft token costs, in steps of the model: drafting it and verifying it, 0 <= cost
  /// <= 16.
  double cost = 0.1;
  std::size_t min = 1;   ///< never fewer tokens, so that acceptance is still measured; >= 1
  std::size_t max = 16;  ///< never more, min <= max <= 256

  [[nodiscard]] std::string check() const {
    if (!(cost >= 0 && cost <= 16)) {
      return misuse("DraftLengthOptions", "cost", "0 <= cost <= 16", cost);
    }
    if (min < 1 || min > max) {
      return misuse("DraftLengthOptions", "min", "1 <= min <= max", double(min));
    }
    return max <= 256 ? std::string()
                      : misuse("DraftLengthOptions", "max", "max <= 256", double(max));
  }
};

/// The n that gives the most tokens for the cost of a round, the smaller of two that give as many.
/// Where each draft token is accepted with probability a if the ones before it were, that is
///
///   (1 + a + ... + a^n) / (1 + cost n).
///
/// a is accepted / tested over the rounds so far, the latest counting most: each round that follows
/// takes away 1/32. It starts as 3 of 4. All numbers are whole ones, in units of 2^-20 or 2^-16:
/// lengths are the same everywhere, as tokens depend on them.
/// Cost: `record` O(1), `best` O(max).
/// Source: Leviathan et al. 2023, arXiv 2211.17192, section 3.5.
class DraftLength {
 public:
  explicit DraftLength(const DraftLengthOptions& options = {}) : options_(options) {
    require(options.check());
    cost_ = static_cast<std::uint64_t>(options.cost * 0x1p20);
  }

  /// A round has ended: so many tokens were drafted, of which so many were accepted. The first that
  /// was not is tested, too; what comes after it says nothing.
  void record(std::size_t drafted, std::size_t accepted) {
    if (drafted == 0) return;
    accepted_ += (std::uint64_t{accepted} << 16) - accepted_ / 32;
    tested_ += (std::uint64_t{std::min(drafted, accepted + 1)} << 16) - tested_ / 32;
  }

  [[nodiscard]] std::size_t best() const {
    const std::uint64_t acceptance = (accepted_ << 20) / tested_;
    std::uint64_t power = kOne, tokens = kOne, cost = kOne;
    std::uint64_t best_tokens = 0, best_cost = 1;
    std::size_t best = options_.min;
    for (std::size_t n = 1; n <= options_.max; ++n) {
      power = power * acceptance >> 20;
      tokens += power;
      cost += cost_;
      if (n < options_.min || tokens * best_cost <= best_tokens * cost) continue;
      best = n;
      best_tokens = tokens;
      best_cost = cost;
    }
    return best;
  }

 private:
  static constexpr std::uint64_t kOne = std::uint64_t{1} << 20;

  DraftLengthOptions options_;
  std::uint64_t cost_;                               // in 2^-20
  std::uint64_t accepted_ = std::uint64_t{3} << 16;  // in 2^-16
  std::uint64_t tested_ = std::uint64_t{4} << 16;
};

}  // namespace logitkit::inline LOGITKIT_ABI
