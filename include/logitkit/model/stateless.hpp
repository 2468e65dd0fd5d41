// SPDX-License-Identifier: MIT
// Stateless: lifts a plain callable, which reads all tokens every time, to a forkable model.
#pragma once

#include <logitkit/core/concepts.hpp>

#include <algorithm>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// Remembers the tokens of each row and calls `f` once for each row and step. The slowest model
/// there is, and the oracle for one that caches: both must give the same tokens.
/// A row whose length differs from the first one's is reported as rows of vocabulary 0.
template <PlainModel F>
class Stateless {
  static_assert(detail::explain_model<F>());

 public:
  using Scalar = detail::RowScalarOf<std::invoke_result_t<F&, std::span<const Token>>>;

  explicit Stateless(F f) : f_(std::move(f)) {}

  [[nodiscard]] Rows<Scalar> prefill(std::span<const Token> prompt) {
    histories_.assign(1, std::vector<Token>(prompt.begin(), prompt.end()));
    vocabulary_ = 0;
    return rows();
  }

  [[nodiscard]] Rows<Scalar> step(std::span<const Token> last) {
    for (std::size_t r = 0; r < histories_.size(); ++r) histories_[r].push_back(last[r]);
    return rows();
  }

  void reorder(std::span<const std::size_t> parents) {
    std::vector<std::vector<Token>> next;
    next.reserve(parents.size());
    for (const std::size_t parent : parents) next.push_back(histories_[parent]);
    histories_ = std::move(next);
  }

 private:
  [[nodiscard]] Rows<Scalar> rows() {
    bool same_length = true;
    for (std::size_t r = 0; r < histories_.size(); ++r) {
      const auto& row = f_(std::span<const Token>(histories_[r]));
      const std::size_t size = as_row(row).size();
      if (vocabulary_ == 0) vocabulary_ = size;
      same_length = same_length && size == vocabulary_;
      buffer_.resize(histories_.size() * vocabulary_);
      // Copied: the callable may use the same memory for its next row.
      if (same_length) std::copy_n(row.data(), size, buffer_.data() + r * vocabulary_);
    }
    return {buffer_.data(), histories_.size(), same_length ? vocabulary_ : 0, vocabulary_};
  }

  F f_;
  std::vector<std::vector<Token>> histories_;  // one a row
  std::vector<Scalar> buffer_;                 // [rows x V]
  std::size_t vocabulary_ = 0;
};

template <class F>
Stateless(F) -> Stateless<F>;

}  // namespace logitkit::inline LOGITKIT_ABI
