// SPDX-License-Identifier: MIT
// CopyPlan: the fewest row copies that reorder a contiguous cache in place.
#pragma once

#include <logitkit/model/detail/parents.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// For a cache in which live row r is always physical row r: turns `parents` (new row r continues
/// what was row parents[r]) into copies to be made one after the other.
///
/// A row that continues itself is not touched, a row that nobody continues is not read, and all
/// else is written once. Only a ring of rows that merely change places (0 1 2 <- 1 2 0) needs one
/// copy more: its first row waits in the spare one. So there are
///
///   |{r : parents[r] != r}| + rings
///
/// copies, and no plan has fewer: every such row must be written, and the first copy into a ring
/// overwrites what is nowhere else. Where a row of a ring has a child outside it, the child is
/// written first and takes the place of the spare row. The numbers of rows before and after may
/// differ: growing from the prompt's row to B rows takes B - 1 copies.
/// Cost: O(B). Allocates nothing once it has seen the largest number of rows.
/// Source: Rideau, Serpette and Leroy 2008, "Tilting at windmills with Coq", on parallel moves.
class CopyPlan {
 public:
  struct Copy {
    std::size_t from, to;
  };

  /// `spare` is the number of the row that is free for rings, above those of all live rows. Where
  /// the cache itself has no room for it, any larger number will do as the name of another place.
  explicit CopyPlan(std::size_t spare) : spare_(spare) {}

  [[nodiscard]] std::string check(std::span<const std::size_t> parents) const {
    if (parents.size() > spare_) {
      return misuse("CopyPlan", "number of parents", "number <= spare", double(parents.size()));
    }
    return detail::check_parents("CopyPlan", parents, spare_, "parent < spare");
  }

  /// The copies, in the order in which they are to be made. Valid until the next call.
  [[nodiscard]] std::span<const Copy> reorder(std::span<const std::size_t> parents) {
    require(check(parents));
    parents_ = parents;
    count_readers();
    for (std::size_t r = 0; r < parents.size(); ++r) {
      if (parents[r] != r && readers_[r] == 0) free_.push_back(r);
    }
    write_free_rows();
    for (std::size_t r = 0; r < parents.size(); ++r) {
      if (!waits(r)) continue;  // as do all of its ring, each for the next
      copy(r, spare_);
      write_free_rows();
    }
    return copies_;
  }

 private:
  void count_readers() {
    std::size_t rows = parents_.size();
    for (const std::size_t parent : parents_) rows = std::max(rows, parent + 1);
    copies_.clear();
    copies_.reserve(rows + rows / 2);  // nothing but rings of two
    free_.clear();
    free_.reserve(rows);
    readers_.assign(rows, 0);
    places_.resize(rows);
    for (std::size_t r = 0; r < rows; ++r) places_[r] = r;
    for (std::size_t r = 0; r < parents_.size(); ++r) {
      if (parents_[r] != r) ++readers_[parents_[r]];
    }
  }

  /// Whether row r is yet to be written, and cannot be, since others are yet to read it.
  [[nodiscard]] bool waits(std::size_t r) const {
    return r < parents_.size() && parents_[r] != r && readers_[r] > 0;
  }

  void write_free_rows() {
    while (!free_.empty()) {
      const std::size_t row = free_.back();
      free_.pop_back();
      copy(parents_[row], row);
    }
  }

  /// Once what was in a row is in two places, whoever is yet to read it finds it in the other one,
  /// and the row is free.
  void copy(std::size_t row, std::size_t to) {
    copies_.push_back({places_[row], to});
    if (!waits(row)) return;
    readers_[row] = 0;
    places_[row] = to;
    free_.push_back(row);
  }

  std::size_t spare_;
  std::span<const std::size_t> parents_;  // of this call
  std::vector<Copy> copies_;
  std::vector<std::size_t> readers_;  // how many rows are yet to be written from each old one
  std::vector<std::size_t> places_;   // where that which was in each old row can be read
  std::vector<std::size_t> free_;     // rows that may be written now
};

}  // namespace logitkit::inline LOGITKIT_ABI
