// SPDX-License-Identifier: MIT
// NextRows: the tokens and parents of a step, as they are listed.
#pragma once

#include <logitkit/decode/beam_step.hpp>

#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// The memory behind a BeamStep.
class NextRows {
 public:
  void reserve(std::size_t rows) {
    tokens_.reserve(rows);
    parents_.reserve(rows);
  }

  void restart() {
    tokens_.clear();
    parents_.clear();
  }
  void add(Token token, std::size_t parent) {
    tokens_.push_back(token);
    parents_.push_back(parent);
  }
  /// Those of a part of the rows that begins at `first`.
  void add(const BeamStep& part, std::size_t first) {
    for (std::size_t r = 0; r < part.tokens.size(); ++r) {
      add(part.tokens[r], first + part.parents[r]);
    }
  }

  /// What was added since `restart`, where there were so many rows before; valid until the next.
  [[nodiscard]] BeamStep step(std::size_t old_rows) const {
    if (tokens_.empty()) return {};
    bool identity = parents_.size() == old_rows;
    for (std::size_t r = 0; r < parents_.size(); ++r) identity = identity && parents_[r] == r;
    return {tokens_, parents_, identity};
  }

 private:
  std::vector<Token> tokens_;
  std::vector<std::size_t> parents_;
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
