// SPDX-License-Identifier: MIT
// How Candidates looks at its row: one read when it is first needed, then by token or in order.
#pragma once

#include <logitkit/core/candidates.hpp>
#include <logitkit/math/radix_sort.hpp>

namespace logitkit::inline LOGITKIT_ABI {

template <std::floating_point S>
Candidates<S>::Candidates(Row<S> row, Workspace& workspace)
    : scratch_(workspace.scratch<S>()), row_(row) {
  scratch_.resize(row_.size());
  if (row_.size() == 0) status_ = Status::wrong_length;
}

template <std::floating_point S>
Candidates<S>::Candidates(CandidateList<S> list, Workspace& workspace)
    : Candidates(Row<S>(static_cast<const S*>(nullptr), list.vocabulary()), workspace) {
  scanned_ = narrow_ = true;
  take(list);
}

/// Lists the survivors in ascending order by way of a bit for each token: no sort, and none comes
/// twice unseen.
template <std::floating_point S>
void Candidates<S>::take(const CandidateList<S>& list) {
  rest_ = list.rest();
  const auto tokens = list.tokens();
  if (tokens.size() != list.logits().size()) return fail(Status::wrong_length);
  if (math::is_nan(rest_)) return fail(Status::not_a_number);
  if (rest_ > std::numeric_limits<double>::max()) return fail(Status::positive_infinity);
  auto& seen = scratch_.allowed;
  std::fill_n(seen.begin(), scratch_.tiles.size(), std::uint64_t{0});
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto at = static_cast<std::size_t>(tokens[i]);
    if (tokens[i] < 0 || at >= vocabulary()) return fail(Status::token_out_of_range);
    std::uint64_t& bits = seen[at / math::kTile];
    const std::uint64_t bit = std::uint64_t{1} << (at % math::kTile);
    if ((bits & bit) != 0) return fail(Status::duplicate_token);
    bits |= bit;
    scratch_.values[at] = list.logits()[i];
    if (math::is_nan(scratch_.values[at])) return fail(Status::not_a_number);
  }
  for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) {
    for (std::uint64_t bits = seen[tile]; bits != 0; bits &= bits - 1) {
      const std::size_t at = tile * math::kTile + static_cast<std::size_t>(std::countr_zero(bits));
      scratch_.survivors.push_back({static_cast<Token>(at), scratch_.values[at]});
    }
  }
}

/// Whether the row has not been read yet, and is to be read as it came.
template <std::floating_point S>
bool Candidates<S>::untouched() const {
  return !scanned_ && !masked_ && scratch_.edits.empty();
}

/// Whether no mask has taken a token out, before narrowing.
template <std::floating_point S>
inline bool Candidates<S>::allowed(std::size_t token) const {
  return !masked_ || (scratch_.allowed[token / math::kTile] >> (token % math::kTile) & 1) != 0;
}

/// A token's value, before narrowing: its score before scale and shift.
template <std::floating_point S>
inline S Candidates<S>::value(std::size_t token) const {
  if (!allowed(token)) return -kInfinity;
  const bool edited = scratch_.edited[token / math::kTile] >> (token % math::kTile) & 1;
  return edited ? scratch_.values[token] : row_[token];
}

/// The values of a tile, edits included, banned ones too; returns how many.
template <std::floating_point S>
std::size_t Candidates<S>::tile_values(std::size_t tile, S* out) const {
  const std::size_t begin = tile * math::kTile;
  const std::size_t size = std::min(math::kTile, vocabulary() - begin);
  if (transformed_) {
    std::copy_n(&scratch_.values[begin], size, out);
  } else {
    row_.visit([=]<class Scalar>(const Scalar* data) {
      if constexpr (std::same_as<Scalar, S>) {
        std::copy_n(data + begin, size, out);
      } else {
        for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<S>(data[begin + i]);
      }
    });
    for (std::uint64_t edited = scratch_.edited[tile]; edited != 0; edited &= edited - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(edited));
      out[i] = scratch_.values[begin + i];
    }
  }
  if (masked_) {
    for (std::size_t i = 0; i < size; ++i) {
      if (!allowed(begin + i)) out[i] = -kInfinity;
    }
  }
  return size;
}

/// The same as entries. Valid until the next call.
template <std::floating_point S>
auto Candidates<S>::tile_entries(std::size_t tile) -> std::span<const Survivor> {
  S values[math::kTile];
  const std::size_t size = tile_values(tile, values);
  for (std::size_t i = 0; i < size; ++i) {
    scratch_.tile[i] = {static_cast<Token>(tile * math::kTile + i), values[i]};
  }
  return std::span(scratch_.tile).first(size);
}

/// Reads the row, once. Where the row is floats and a spread is asked for, that is added up as
/// well.
template <std::floating_point S>
void Candidates<S>::scan(math::Spread* spread, float centre) {
  const std::uint64_t* const mask = masked_ ? scratch_.allowed.data() : nullptr;
  scan_by([&]<class Scalar>(const Scalar* data) {
    Key* const tiles = scratch_.tiles.data();
    if constexpr (std::same_as<Scalar, float>) {
      if (spread != nullptr) {
        return math::kernels().scan_and_spread(data, row_.size(), centre, *spread, tiles);
      }
    }
    return math::scan(data, row_.size(), mask, tiles);
  });
}

/// The same by read(data), which fills the tiles and tells whether there are only numbers; what
/// edits have done by then to the tiles is made up for.
template <std::floating_point S>
void Candidates<S>::scan_by(const auto& read) {
  scanned_ = true;
  if (!row_.visit(read)) {  // has no order: nothing is to be found in it
    status_ = Status::not_a_number;
    std::fill(scratch_.tiles.begin(), scratch_.tiles.end(), kBannedKey);
    return;
  }
  if (transformed_) return scan_values();
  row_.visit([&](const auto* data) {
    const S* const values = scratch_.values.data();
    Key* const tiles = scratch_.tiles.data();
    for (const Token token : scratch_.edits) {
      const auto at = static_cast<std::size_t>(token), tile = at / math::kTile;
      if (math::order_key(static_cast<S>(data[at])) == tiles[tile]) {
        scratch_.stale.push_back(static_cast<std::uint32_t>(tile));  // another may be the largest
      } else if (allowed(at)) {
        tiles[tile] = std::max(tiles[tile], math::order_key(values[at]));
      }
    }
  });
}

template <std::floating_point S>
class Candidates<S>::Iterator {
 public:
  using value_type = Candidate;
  using difference_type = std::ptrdiff_t;

  Iterator() = default;
  Iterator(const Candidates* set, std::size_t at) : set_(set), at_(at) { skip(); }
  [[nodiscard]] Candidate operator*() const {
    const auto entry = set_->narrow_ ? set_->scratch_.survivors[at_]
                                     : Survivor{static_cast<Token>(at_), set_->value(at_)};
    return {entry.token, set_->to_score(math::widen(entry.value))};
  }
  Iterator& operator++() {
    ++at_;
    skip();
    return *this;
  }
  Iterator operator++(int) {
    Iterator old = *this;
    ++*this;
    return old;
  }
  friend bool operator==(const Iterator&, const Iterator&) = default;

 private:
  void skip() {  // what a mask has taken out
    while (!set_->narrow_ && at_ < set_->vocabulary() && !set_->allowed(at_)) ++at_;
  }

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
  return entry == nullptr ? kBannedKey : math::order_key(entry->value);
}

template <std::floating_point S>
double Candidates<S>::score(Token token) const {
  return to_score(math::widen(math::from_order_key<S>(held(token))));
}

template <std::floating_point S>
Status Candidates<S>::status() {
  if (!scanned_ && vocabulary() > 0) scan();
  if (status_ != Status::ok) return status_;
  const Key largest = largest_key();
  if (largest == kBannedKey) return Status::nothing_left;
  if (largest == math::order_key(kInfinity)) return Status::positive_infinity;
  return Status::ok;
}

template <std::floating_point S>
std::span<const Candidate> Candidates<S>::sorted(std::size_t n, double at_least) {
  auto& list = scratch_.sorted;  // and no other: a function given to `keep_if` may ask
  list.clear();
  if (n == 0 || math::is_nan(at_least)) return {};
  Key bound = tile_bound(n);
  if (at_least > -std::numeric_limits<double>::infinity()) {
    bound = std::max(bound, score_bound(at_least));
  }
  auto& found = scratch_.found;
  pick_at_least(bound, found, n);
  constexpr std::size_t kMany = 2000;
  if (std::min(n, found.size()) >= kMany) {
    list.resize(found.size());
    math::radix_sort<S>(std::span<Survivor>(found), list.data());
    list.resize(std::min(n, found.size()));
  } else {
    if (n < found.size()) {
      math::select_best(std::span<Survivor>(found), n);
      found.resize(n);
    }
    std::sort(found.begin(), found.end(), math::Better{});
    for (const auto& [token, value] : found) list.push_back({token, math::widen(value)});
  }
  // Equal values show one score, and a smaller value a smaller one.
  Candidate last{kNoToken, std::numeric_limits<double>::infinity()};
  auto last_value = math::order_key(last.score);
  for (Candidate& entry : list) {
    const auto value = math::order_key(std::exchange(entry.score, to_score(entry.score)));
    if (value == last_value) {
      entry.score = last.score;
    } else if (math::order_key(entry.score) >= math::order_key(last.score)) {
      entry.score = std::nextafter(last.score, -std::numeric_limits<double>::infinity());
    }
    last = entry, last_value = value;
  }
  return list;
}

}  // namespace logitkit::inline LOGITKIT_ABI
