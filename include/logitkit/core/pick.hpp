// SPDX-License-Identifier: MIT
// Pick: one choice. Report: what to compute besides the token.
#pragma once

#include <logitkit/core/error.hpp>
#include <logitkit/core/status.hpp>
#include <logitkit/core/token.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace logitkit::inline LOGITKIT_ABI {

/// Where a log-probability or a score was not asked for.
inline constexpr double kNotComputed = std::numeric_limits<double>::quiet_NaN();

/// The two distributions that a token has a log-probability under.
enum class Distribution : std::uint8_t {
  model,   ///< log_softmax of the row as it came. vLLM: raw_logprobs
  choice,  ///< what the chain has left to choose from, renormalised. vLLM: processed_logprobs
};

/// What to compute besides the tokens; all off, since each costs a pass: log-probabilities one of
/// exponentials (of the choice, over what is left), a rank one of comparisons. Never a sort of the
/// row. Log-probabilities are natural logarithms.
struct Report {
  bool model = false;   ///< the token's log-probability under the model
  bool choice = false;  ///< the token's log-probability under what it was chosen from
  /// The n most probable tokens for each step, <= 65536; of all rows of a step together 2^22.
  std::size_t alternatives = 0;
  bool rank = false;                      ///< 1 + how many tokens are more probable than this one
  Distribution of = Distribution::model;  ///< whose alternatives and rank

  /// The most alternatives that the rows of one step have together.
  static constexpr std::size_t kMostInAStep = std::size_t(1) << 22;

  /// What is wrong, as a sentence, for steps of so many rows; empty if nothing is.
  [[nodiscard]] std::string check(std::size_t rows = 1) const {
    const auto refused = [this](const char* rule) {
      return misuse("Report", "alternatives", rule, double(alternatives));
    };
    if (alternatives > 65536) return refused("alternatives <= 65536");
    if (alternatives * rows > kMostInAStep) return refused("alternatives * rows <= 2^22");
    return {};
  }
};

/// A token that might have been chosen, and its log-probability.
struct Alternative {
  Token token = kNoToken;  ///< kNoToken where there is no further token that can come
  double log_probability = -std::numeric_limits<double>::infinity();
};

/// One choice: a token if the status is ok, else kNoToken.
struct Pick {
  Token token = kNoToken;
  Status status = Status::ok;
  double model_log_probability = kNotComputed;
  double choice_log_probability = kNotComputed;
  std::size_t rank = 0;  ///< 0 where not asked for; equals share one
  /// Best first; in the workspace, valid until it is used again.
  std::span<const Alternative> alternatives{};
};

}  // namespace logitkit::inline LOGITKIT_ABI
