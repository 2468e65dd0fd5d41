// SPDX-License-Identifier: MIT
// FinishedBeams: the best hypotheses that have ended, best first, never more than its capacity.
#pragma once

#include <logitkit/core/generation.hpp>

#include <algorithm>

namespace logitkit::inline LOGITKIT_ABI::detail {

class FinishedBeams {
 public:
  explicit FinishedBeams(std::size_t capacity) : capacity_(capacity) {}

  /// Puts a hypothesis in its place by score, behind its equals; the last one beyond the capacity
  /// falls out.
  void add(Generation hypothesis) {
    const auto place = std::upper_bound(
        best_first_.begin(), best_first_.end(), hypothesis,
        [](const Generation& a, const Generation& b) { return a.score > b.score; });
    best_first_.insert(place, std::move(hypothesis));
    if (best_first_.size() > capacity_) best_first_.pop_back();
  }

  /// Whether a hypothesis of this score would find a place.
  [[nodiscard]] bool takes(double score) const { return !full() || score > worst(); }

  /// Makes the capacity large enough for `count` more.
  void make_room(std::size_t count) { capacity_ = std::max(capacity_, best_first_.size() + count); }

  /// Tells in every hypothesis what cut the search short, or that nothing did.
  void blame(Status status, const std::exception_ptr& error) {
    for (Generation& each : best_first_) {
      each.status = status;
      each.error = error;
    }
  }

  [[nodiscard]] bool full() const { return best_first_.size() >= capacity_; }
  [[nodiscard]] bool empty() const { return best_first_.empty(); }
  /// The smallest score; needs !empty().
  [[nodiscard]] double worst() const { return best_first_.back().score; }
  [[nodiscard]] std::span<const Generation> best_first() const { return best_first_; }

 private:
  std::size_t capacity_;
  std::vector<Generation> best_first_;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
