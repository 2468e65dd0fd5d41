// SPDX-License-Identifier: MIT
// Extension: a live beam and one more token, and the order among them. BestExtensions: the K best.
#pragma once

#include <logitkit/core/status.hpp>
#include <logitkit/core/token.hpp>
#include <logitkit/math/order.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// What a policy offers for a beam, and what the session then knows of it.
struct Extension {
  double key;  ///< what it competes by: in plain beam search, the sum
  double sum;  ///< of log-probabilities after the chain
  Token token;
  std::size_t parent;    ///< the row of its beam
  std::size_t bank = 0;  ///< a number of the policy's own

  // What the session adds to those that compete.
  double model_log_probability = 0;      ///< if asked for
  std::size_t rank = 0;                  ///< by the model, if asked for
  StopReason reason = StopReason::none;  ///< why it ends, if it does

  /// Whether a comes before b: larger key, then lower token, then lower parent.
  [[nodiscard]] friend bool operator<(const Extension& a, const Extension& b) {
    const auto key_a = math::order_key(a.key), key_b = math::order_key(b.key);
    if (key_a != key_b) return key_a > key_b;
    return a.token != b.token ? a.token < b.token : a.parent < b.parent;
  }
};

/// The best of all extensions offered, never more than K. Once there are K, the last of them bounds
/// what the rows still to come need to show. Cost of an offer: O(log K), of one that is too late
/// O(1). Allocates nothing beyond what was reserved.
class BestExtensions {
 public:
  void reserve(std::size_t extensions) { heap_.reserve(extensions); }
  void restart(std::size_t k) {
    k_ = k;
    heap_.clear();
  }

  /// Where keys are sums: no score below this one can take a beam of this sum among the best. What
  /// could is never cut off: sum + score reaches the bound after rounding only if score >= bound -
  /// sum - a few ulps.
  [[nodiscard]] double at_least(double sum) const {
    constexpr double kNone = -std::numeric_limits<double>::infinity();
    if (heap_.size() < k_) return kNone;
    const double bound = heap_.front().key;
    const double slack = 0x1p-50 * (std::abs(bound) + std::abs(sum)) + 1e-300;  // or denormals
    const double score = bound - sum - slack;
    return math::is_nan(score) ? kNone : score;  // of infinite sums
  }

  /// Takes an extension if it is one of the K best so far.
  void offer(const Extension& extension) {
    if (heap_.size() >= k_) {
      if (!(extension < heap_.front())) return;
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.pop_back();
    }
    heap_.push_back(extension);
    std::push_heap(heap_.begin(), heap_.end());
  }

  /// Ends the offers, until the next `restart`; its order may then be changed.
  [[nodiscard]] std::span<Extension> best_first() {
    std::sort_heap(heap_.begin(), heap_.end());
    return heap_;
  }

 private:
  std::size_t k_ = 0;            // > 0 once there are offers
  std::vector<Extension> heap_;  // the last of them on top
};

}  // namespace logitkit::inline LOGITKIT_ABI
