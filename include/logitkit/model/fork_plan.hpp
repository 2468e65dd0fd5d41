// SPDX-License-Identifier: MIT
// ForkPlan: which sequences of a paged cache to drop and to fork, and which one each row is.
#pragma once

#include <logitkit/model/detail/parents.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// For a cache that keeps sequences by number and shares what they have in common: llama.cpp's
/// (seq_rm and seq_cp), block tables with reference counts as in vLLM, or one buffer a sequence.
/// Rows change places freely, since what a row has is the number of its sequence. Of a row's
/// children the first one keeps its sequence, every other one is a fork; a row without children is
/// dropped. So there are as few forks as can be, and none where rows only change places or end.
///
///   for (const std::size_t sequence : plan.drops()) cache.drop(sequence);   // these come first:
///   for (const auto [parent, child] : plan.forks()) cache.fork(parent, child);
///
/// a fork may take the number of what has just been dropped. Sequences are numbered from 0, and
/// the numbers stay below the largest count of live rows so far.
/// Cost: O(rows), whatever their length. Allocates nothing once it has seen that count.
class ForkPlan {
 public:
  struct Fork {
    std::size_t parent, child;  // sequences
  };

  [[nodiscard]] std::string check(std::span<const std::size_t> parents) const {
    return detail::check_parents("ForkPlan", parents, sequences_.size(), "parent < live rows");
  }

  /// One more live row, behind the others, for a prompt. Returns its sequence, which is empty.
  std::size_t append() {
    sequences_.push_back(unused());
    return sequences_.back();
  }

  /// New row r continues what was row parents[r].
  void reorder(std::span<const std::size_t> parents) {
    require(check(parents));
    const std::size_t room = std::max(parents.size(), sequences_.size());
    for (auto* list : {&sequences_, &next_, &heirs_, &unused_, &drops_}) list->reserve(room);
    forks_.reserve(room);
    constexpr auto kNobody = std::size_t(-1);
    heirs_.assign(sequences_.size(), kNobody);
    for (std::size_t r = parents.size(); r-- > 0;) heirs_[parents[r]] = r;
    drops_.clear();
    for (std::size_t r = 0; r < sequences_.size(); ++r) {
      if (heirs_[r] == kNobody) drops_.push_back(sequences_[r]);
    }
    unused_.insert(unused_.end(), drops_.begin(), drops_.end());

    forks_.clear();
    next_.clear();
    for (std::size_t r = 0; r < parents.size(); ++r) {
      const std::size_t sequence = sequences_[parents[r]];
      if (heirs_[parents[r]] == r) {
        next_.push_back(sequence);
      } else {
        forks_.push_back({sequence, unused()});
        next_.push_back(forks_.back().child);
      }
    }
    sequences_.swap(next_);
  }

  /// Of the last `reorder`: sequences that nobody continues, and those that another one is to begin
  /// as a copy of. Valid until the next.
  [[nodiscard]] std::span<const std::size_t> drops() const { return drops_; }
  [[nodiscard]] std::span<const Fork> forks() const { return forks_; }

  /// The sequence of each live row.
  [[nodiscard]] std::span<const std::size_t> sequences() const { return sequences_; }

 private:
  /// The number of no live sequence: the one that was dropped last, or a new one.
  [[nodiscard]] std::size_t unused() {
    if (unused_.empty()) return count_++;
    const std::size_t sequence = unused_.back();
    unused_.pop_back();
    return sequence;
  }

  std::vector<std::size_t> sequences_, next_;  // of each live row
  std::vector<std::size_t> heirs_;             // the child that keeps each old row's sequence
  std::vector<std::size_t> unused_;            // dropped numbers, the latest last
  std::vector<std::size_t> drops_;
  std::vector<Fork> forks_;
  std::size_t count_ = 0;  // of the numbers in use, now or before
};

}  // namespace logitkit::inline LOGITKIT_ABI
