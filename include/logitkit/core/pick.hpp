// SPDX-License-Identifier: MIT
// Pick: one choice. Report: what to compute besides the token.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/core/status.hpp>
#include <logitkit/core/token.hpp>

#include <cstddef>
#include <limits>
#include <span>

namespace logitkit::inline LOGITKIT_ABI {

/// Where a log-probability or a score was not asked for.
inline constexpr double kNotComputed = std::numeric_limits<double>::quiet_NaN();

/// What to compute besides the tokens. Each costs an exponential pass over the row, so all are off.
/// Log-probabilities are natural logarithms.
struct Report {
  bool model = false;   ///< log-probability under the model: log_softmax of the row as it came
  bool choice = false;  ///< log-probability under what was chosen from: after the chain
  std::size_t alternatives = 0;  ///< the model's n most probable tokens for each step, <= 65536

  [[nodiscard]] std::string check() const {
    constexpr std::size_t kMost = 65536;
    if (alternatives <= kMost) return {};
    return misuse("Report", "alternatives", "alternatives <= 65536", double(alternatives));
  }
};

/// A token that might have been chosen, and its log-probability under the model.
struct Alternative {
  Token token = kNoToken;  ///< kNoToken where the model has no further token that can come
  double log_probability = -std::numeric_limits<double>::infinity();
};

/// One choice: a token if the status is ok, else kNoToken.
struct Pick {
  Token token = kNoToken;
  Status status = Status::ok;
  double model_log_probability = kNotComputed;
  double choice_log_probability = kNotComputed;
  /// Best first, the model's; in the workspace, valid until it is used again.
  std::span<const Alternative> alternatives{};
};

}  // namespace logitkit::inline LOGITKIT_ABI
