// SPDX-License-Identifier: MIT
// LazyRows: the rows of a round from a plain callable, each made when it is first asked for.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Row i is a copy of what f returned, since f may use the same memory for its next one; empty
/// where it threw, which ends the round.
template <PlainModel F>
class LazyRows {
  using Result = std::invoke_result_t<F&, std::span<const Token>>;
  static_assert(explain_row<Result>());

 public:
  explicit LazyRows(F& f) : f_(f) {}

  /// A new round: none is there yet.
  void restart() { known_ = 0; }

  /// Rows are asked for in ascending order, the same ones again at will.
  [[nodiscard]] Row<ScoreOf<Result>> operator()(std::size_t i, std::span<const Token> tokens) {
    if (i == known_) {
      ++known_;
      rows_.resize(std::max(rows_.size(), known_));
      rows_[i].clear();
      error_ = caught([&] {
        const auto& row = f_(tokens);
        rows_[i].assign(row.data(), row.data() + as_row(row).size());
      });
    }
    return as_row(rows_[i]);
  }

  /// What f has thrown for row i, if it did: after that no further one is asked for.
  [[nodiscard]] std::exception_ptr error(std::size_t i) const {
    return i + 1 == known_ ? error_ : nullptr;
  }

 private:
  F& f_;
  std::vector<std::vector<RowScalarOf<std::remove_cvref_t<Result>>>> rows_;
  std::size_t known_ = 0;
  std::exception_ptr error_;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
