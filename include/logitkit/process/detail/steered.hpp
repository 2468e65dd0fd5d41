// SPDX-License-Identifier: MIT
// Steered: a number that follows what was observed of the tokens that are accepted.
#pragma once

#include <logitkit/core/concepts.hpp>

#include <utility>
#include <vector>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// The state of a processor that learns from the row a token was chosen from. When it is called it
/// writes down, as `mutable` state, an observation of each token that may be accepted; `accept`
/// looks its token up and steers. So one object serves one thread at a time; sessions and beams
/// have copies of their own, and a decoder's `next` calls a copy. Calling twice, the last call
/// counts. A token that was not observed leaves the number as it is. A replay of the tokens cannot
/// find the number again, as it has no rows: the numbers after all tokens so far are kept (8 bytes
/// each), for `recall`.
class Steered {
 public:
  explicit Steered(double first) : first_(first) {}

  [[nodiscard]] double value() const { return values_.empty() ? first_ : values_.back(); }

  /// Forgets what was observed in the row before. There is room for a usual number of observations
  /// from the first row on, so that later ones seldom allocate.
  void begin_row(std::size_t vocabulary) const {
    constexpr std::size_t kUsual = 1024;
    seen_.clear();
    seen_.reserve(std::min(vocabulary, kUsual));
  }
  /// To be called with tokens in ascending order.
  void observe(Token token, double observation) const { seen_.emplace_back(token, observation); }

  /// The number becomes next(number, observation) of the token.
  template <class F>
  void accept(Token token, const F& next) {
    const auto found = std::lower_bound(
        seen_.begin(), seen_.end(), token,
        [](const std::pair<Token, double>& entry, Token t) { return entry.first < t; });
    const bool seen = found != seen_.end() && found->first == token;
    values_.push_back(seen ? next(value(), found->second) : value());
    seen_.clear();
  }

  /// Takes over the numbers of `before`, which has accepted the same tokens and perhaps more.
  void recall(const Steered& before) {
    values_.assign(before.values_.begin(),
                   before.values_.begin() + static_cast<std::ptrdiff_t>(values_.size()));
  }

 private:
  double first_;
  std::vector<double> values_;                            // after each accepted token
  mutable std::vector<std::pair<Token, double>> seen_{};  // in the last row
};

}  // namespace logitkit::inline LOGITKIT_ABI::detail
