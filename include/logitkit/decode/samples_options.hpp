// SPDX-License-Identifier: MIT
// SamplesOptions: how many sequences of one prompt to draw, and which of them to return.
#pragma once

#include <logitkit/core/pick.hpp>
#include <logitkit/decode/length_penalty.hpp>

namespace logitkit::inline LOGITKIT_ABI {

struct SamplesOptions {
  std::size_t n = 4;       ///< sequences to draw, 1 to 65536
  std::size_t n_best = 0;  ///< results to return, <= n; 0: all
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
  /// score = sum of the model's log-probabilities / penalty(length): 0 ranks by probability, 1 by
  /// its mean a token.
  LengthPenalty length_penalty = 1;
  bool distinct = false;  ///< of equal token sequences, only the first drawn is returned
  Report report{};

  [[nodiscard]] std::string check() const {
    if (n < 1 || n > 65536) return misuse("SamplesOptions", "n", "1 <= n <= 65536", double(n));
    if (n_best > n) return misuse("SamplesOptions", "n_best", "n_best <= n", double(n_best));
    if (std::string wrong = length_penalty.check("SamplesOptions"); !wrong.empty()) return wrong;
    return report.check(n);
  }
};

}  // namespace logitkit::inline LOGITKIT_ABI
