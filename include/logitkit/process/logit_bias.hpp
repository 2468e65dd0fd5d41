// SPDX-License-Identifier: MIT
// LogitBias: adds a number to the scores of chosen tokens.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/error.hpp>

#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI {

/// score(token)' = score(token) + bias, for each {token, bias} given. bias in [-inf, +inf): -inf
/// bans. A token given twice gets both. A banned token stays banned; one that the row does not have
/// makes the status `token_out_of_range`. Cost: O(biases).
/// `LogitBias{{{262, -1.5f}, {198, 2.0f}}}`. Source: OpenAI API, `logit_bias`.
template <std::floating_point P = float>
class LogitBias {
 public:
  explicit LogitBias(std::vector<std::pair<Token, P>> biases) : biases_(std::move(biases)) {
    require(check(biases_));
  }

  [[nodiscard]] static std::string check(const std::vector<std::pair<Token, P>>& biases) {
    for (const auto& [token, bias] : biases) {
      if (token < 0) return misuse("LogitBias", "token", "token >= 0", token);
      if (!(bias <= std::numeric_limits<P>::max())) {
        return misuse("LogitBias", "bias", "-inf <= bias < inf", double(bias));
      }
    }
    return {};
  }

  template <std::floating_point S>
  void operator()(Candidates<S>& candidates, const Context&) const {
    for (const auto& [token, bias] : biases_) {
      if (std::size_t(token) >= candidates.vocabulary()) {
        candidates.fail(Status::token_out_of_range);
      }
    }
    candidates.add_each(biases_, [](P bias) { return double(bias); });
  }

  void describe(auto& tell) const { tell("logit_bias", "biases", biases_); }

 private:
  std::vector<std::pair<Token, P>> biases_;
};

static_assert(Processor<LogitBias<>>);

}  // namespace logitkit::inline LOGITKIT_ABI
