// SPDX-License-Identifier: MIT
// CacheIndirection: where each live row finds each of its positions in a cache that never moves.
#pragma once

#include <logitkit/model/fork_plan.hpp>

#include <cstdint>

namespace logitkit::inline LOGITKIT_ABI {

/// For a cache of [beams x positions] in which nothing is ever moved: live row r writes its next
/// position into physical row r, whatever it continues, and attention reads through a table, whose
/// entry [live row][position] is the physical row that has it. TensorRT-LLM and FasterTransformer
/// call it `cache_indirection`. One table a search.
///
///   table.start(prompt.size());                           // the prompt is in physical row 0
///   if (!step.identity) table.reorder(step.parents);
///   table.extend();  // row r is fed step.tokens[r], at table.positions() - 1 of physical row r
///
/// Cost of a step: O(beams) and, for each fork, the entries since the two parted (all of them where
/// a beam takes its memory for the first time); the peers copy the whole table in each step.
/// Memory: 4 bytes an entry, allocated at once.
class CacheIndirection {
 public:
  /// For so many beams and, the prompt included, so many positions at most.
  CacheIndirection(std::size_t beams, std::size_t positions)
      : beams_(beams), capacity_(positions), table_(beams * positions), valid_(beams) {}

  /// One row, which has read a prompt of this length.
  void start(std::size_t prompt) {
    if (beams_ < 1) require(misuse("CacheIndirection", "beams", "beams >= 1", 0));
    if (prompt > capacity_) {
      require(misuse("CacheIndirection", "prompt", "prompt <= positions", double(prompt)));
    }
    plan_.reorder({});
    const std::size_t slot = plan_.append();
    std::fill_n(entries(slot), prompt, 0);
    std::fill(valid_.begin(), valid_.end(), 0);
    positions_ = prompt;
  }

  [[nodiscard]] std::string check(std::span<const std::size_t> parents) const {
    if (parents.size() > beams_) {
      return misuse("CacheIndirection", "number of parents", "number <= beams",
                    double(parents.size()));
    }
    return detail::check_parents("CacheIndirection", parents, rows(), "parent < live rows");
  }

  /// New row r continues what was row parents[r].
  void reorder(std::span<const std::size_t> parents) {
    require(check(parents));
    plan_.reorder(parents);
    for (const std::size_t slot : plan_.drops()) valid_[slot] = positions_;
    for (const auto [parent, child] : plan_.forks()) catch_up(parent, child);
  }

  /// Each row has one position more, which is in the physical row of its own number.
  void extend() {
    if (positions_ >= capacity_) {
      require(misuse("CacheIndirection", "position", "position < positions", double(positions_)));
    }
    for (std::size_t r = 0; r < rows(); ++r) {
      entries(plan_.sequences()[r])[positions_] = static_cast<std::uint32_t>(r);
    }
    ++positions_;
  }

  [[nodiscard]] std::size_t rows() const { return plan_.sequences().size(); }
  [[nodiscard]] std::size_t positions() const { return positions_; }

  /// The physical row of each position of live row r. Valid until the next change.
  [[nodiscard]] std::span<const std::uint32_t> row(std::size_t r) const {
    return {table_.data() + plan_.sequences()[r] * capacity_, positions_};
  }

 private:
  [[nodiscard]] std::uint32_t* entries(std::size_t slot) {
    return table_.data() + slot * capacity_;
  }

  /// Makes the child's entries those of the parent. A place of the cache is written only once: from
  /// the last entry that both have in common on back, they have all.
  void catch_up(std::size_t parent, std::size_t child) {
    const std::uint32_t* from = entries(parent);
    std::uint32_t* to = entries(child);
    std::size_t at = positions_;
    for (; at > valid_[child]; --at) to[at - 1] = from[at - 1];
    for (; at > 0 && to[at - 1] != from[at - 1]; --at) to[at - 1] = from[at - 1];
  }

  std::size_t beams_, capacity_;
  ForkPlan plan_;                     // its sequences are slots of the table
  std::vector<std::uint32_t> table_;  // [slots x capacity]
  std::vector<std::size_t> valid_;    // how many entries of a slot that is not in use are right
  std::size_t positions_ = 0;         // of every live row
};

}  // namespace logitkit::inline LOGITKIT_ABI
