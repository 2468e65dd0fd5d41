// SPDX-License-Identifier: MIT
// FinishedBeams: the best hypotheses that have ended, best first, never more than its capacity.
#pragma once

#include <logitkit/core/generation.hpp>

#include <algorithm>
#include <functional>

namespace logitkit::inline LOGITKIT_ABI {

/// What a session has found so far: hypotheses, each with the key that it is ordered by.
class FinishedBeams {
 public:
  explicit FinishedBeams(std::size_t capacity) : capacity_(capacity) {}

  /// Puts a hypothesis in its place by `key`, behind its equals; the last one beyond the capacity
  /// falls out.
  void add(Generation hypothesis, double key) {
    const auto place =
        std::upper_bound(keys_.begin(), keys_.end(), key, std::greater<>()) - keys_.begin();
    keys_.insert(keys_.begin() + place, key);
    best_first_.insert(best_first_.begin() + place, std::move(hypothesis));
    if (keys_.size() <= capacity_) return;
    keys_.pop_back();
    best_first_.pop_back();
  }

  /// Whether a hypothesis of this key would find a place.
  [[nodiscard]] bool takes(double key) const { return size() < capacity_ || key > keys_.back(); }

  /// Makes the capacity large enough for `count` more.
  void make_room(std::size_t count) { capacity_ = std::max(capacity_, best_first_.size() + count); }

  /// Tells in every hypothesis what cut the search short, or that nothing did.
  void blame(Status status, const std::exception_ptr& error) {
    for (Generation& each : best_first_) {
      each.status = status;
      each.error = error;
    }
  }

  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  [[nodiscard]] bool empty() const { return keys_.empty(); }
  [[nodiscard]] std::span<const Generation> best_first() const { return best_first_; }
  /// What they are ordered by: in plain beam search, their scores.
  [[nodiscard]] std::span<const double> keys() const { return keys_; }

 private:
  std::size_t capacity_;
  std::vector<Generation> best_first_;
  std::vector<double> keys_;
};

}  // namespace logitkit::inline LOGITKIT_ABI
