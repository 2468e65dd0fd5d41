// SPDX-License-Identifier: MIT
// How Candidates looks at its row: one read at the start, then by token or in order.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

template <std::floating_point S>
Candidates<S>::Candidates(Row<S> row, Workspace& workspace)
    : scratch_(workspace.scratch<S>()), row_(row) {
  scratch_.resize(row_.size());
  const bool numbers = row_.visit(
      [this](const auto* data) { return math::scan(data, row_.size(), scratch_.tiles.data()); });
  if (!numbers) status_ = Status::not_a_number;
  if (row_.size() == 0) status_ = Status::wrong_length;
}

template <std::floating_point S>
class Candidates<S>::Iterator {
 public:
  using value_type = Candidate;
  using difference_type = std::ptrdiff_t;

  Iterator() = default;
  Iterator(const Candidates* set, std::size_t at) : set_(set), at_(at) {}
  [[nodiscard]] Candidate operator*() const {
    const auto entry = set_->narrow_ ? set_->scratch_.survivors[at_]
                                     : Survivor{static_cast<Token>(at_), set_->value(at_)};
    return {entry.token, set_->to_score(entry)};
  }
  Iterator& operator++() {
    ++at_;
    return *this;
  }
  Iterator operator++(int) {
    Iterator old = *this;
    ++at_;
    return old;
  }
  friend bool operator==(const Iterator&, const Iterator&) = default;

 private:
  const Candidates* set_ = nullptr;
  std::size_t at_ = 0;
};

template <std::floating_point S>
auto Candidates<S>::find(Token token) const -> Survivor* {
  auto& list = scratch_.survivors;
  const auto found = std::lower_bound(list.begin(), list.end(), token,
                                      [](const auto& entry, Token t) { return entry.token < t; });
  return found != list.end() && found->token == token ? &*found : nullptr;
}

/// The place of a token's value in the order; that of -inf for one that cannot come.
template <std::floating_point S>
auto Candidates<S>::held(Token token) const -> Key {
  if (token < 0 || static_cast<std::size_t>(token) >= vocabulary()) return kBannedKey;
  if (!narrow_) return math::order_key(value(static_cast<std::size_t>(token)));
  const Survivor* entry = find(token);
  return entry == nullptr ? kBannedKey : math::order_key(entry->score);
}

template <std::floating_point S>
double Candidates<S>::score(Token token) const {
  return to_score(math::widen(math::from_order_key<S>(held(token))));
}

template <std::floating_point S>
Status Candidates<S>::status() {
  if (status_ != Status::ok) return status_;
  const Key largest = largest_key();
  if (largest == kBannedKey) return Status::nothing_left;
  if (largest == math::order_key(kInfinity)) return Status::positive_infinity;
  return Status::ok;
}

}  // namespace logitkit::inline LOGITKIT_ABI
