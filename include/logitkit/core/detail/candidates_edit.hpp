// SPDX-License-Identifier: MIT
// How Candidates is edited: values beside the row, and the tiles that they touch.
#pragma once

#include <logitkit/core/candidates.hpp>
#include <logitkit/core/detail/scope_exit.hpp>

#include <array>
#include <utility>

namespace logitkit::inline LOGITKIT_ABI {

/// Replaces the values of the listed tokens that are in the set by new_value(value, x), of each
/// {token, x} in turn. Nothing is undone where new_value throws.
template <std::floating_point S>
void Candidates<S>::put_each(const auto& list, const auto& new_value) {
  forget_facts();  // here, as new_value may throw, and at the end, as it may ask for some
  const auto changed = [&](S old, const auto& x) {
    const S next = math::narrow<S>(new_value(math::widen(old), x));
    if (math::is_nan(next)) fail(Status::not_a_number);
    return next;
  };
  if (narrow_) {
    for (const auto& [token, x] : list) {
      if (Survivor* const entry = find(token)) entry->value = changed(entry->value, x);
    }
    return forget_facts();
  }
  const Row<S> row = row_;
  const std::uint64_t* const mask = masked_ ? scratch_.allowed.data() : nullptr;
  std::uint64_t* const edited = scratch_.edited.data();
  S* const values = scratch_.values.data();
  for (const auto& [token, x] : list) {
    const auto at = static_cast<std::size_t>(token), tile = at / math::kTile;
    const std::uint64_t bit = std::uint64_t{1} << (at % math::kTile);
    if (at >= row.size() || (mask != nullptr && (mask[tile] & bit) == 0)) continue;
    if ((edited[tile] & bit) == 0) {
      scratch_.edits.push_back(token);
      edited[tile] |= bit;
      values[at] = row[at];
    }
    const S old = values[at], next = changed(old, x);
    values[at] = next;
    if (!scanned_ || status_ == Status::not_a_number) continue;
    Key& largest = scratch_.tiles[tile];
    if (math::order_key(next) >= largest) {
      largest = math::order_key(next);
    } else if (math::order_key(old) == largest) {
      scratch_.stale.push_back(static_cast<std::uint32_t>(tile));  // another may be the largest
    }
  }
  forget_facts();
}

template <std::floating_point S>
void Candidates<S>::put(Token token, const auto& new_value) {
  if (static_cast<std::size_t>(token) >= vocabulary()) return fail(Status::token_out_of_range);
  const std::array<std::pair<Token, bool>, 1> list{{{token, true}}};
  put_each(list, [&](double old, bool) { return new_value(old); });
}

template <std::floating_point S>
void Candidates<S>::set(Token token, double score) {
  put(token, [&](double) { return to_value(score); });
}

template <std::floating_point S>
void Candidates<S>::add(Token token, double delta) {
  put(token, [&](double old) { return old == -kInfinity ? old : old + delta / scale_; });
}

template <std::floating_point S>
void Candidates<S>::ban(Token token) {
  put(token, [](double) { return -std::numeric_limits<double>::infinity(); });
}

template <std::floating_point S>
void Candidates<S>::edit_each(const auto& list, const auto& f) {
  const bool plain = scale_ == 1 && shift_ == 0;
  put_each(list, [&, plain](double old, const auto& x) {
    if (old == -kInfinity) return old;
    return plain ? f(old, x) : to_value(f(to_score(old), x));
  });
}

template <std::floating_point S>
void Candidates<S>::add_each(const auto& list, const auto& delta) {
  const double scale = scale_;
  put_each(list, [&delta, scale, plain = scale == 1](double old, const auto& x) {
    if (old == -kInfinity) return old;
    return old + (plain ? delta(x) : delta(x) / scale);
  });
}

template <std::floating_point S>
inline void Candidates<S>::forget_facts() {
  largest_.reset();
  peak_.reset();
  deviation_.reset();
  forget_weights();
}

/// The facts that depend on how far apart the scores are.
template <std::floating_point S>
inline void Candidates<S>::forget_weights() {
  total_.reset();
  log_mass_.reset();
  entropy_.reset();
  collision_.reset();
}

/// Brings all tiles up to date once every value is an edited one.
template <std::floating_point S>
void Candidates<S>::scan_values() {
  if (status_ == Status::not_a_number) return;
  const std::uint64_t* const allowed = masked_ ? scratch_.allowed.data() : nullptr;
  static_cast<void>(
      math::scan(scratch_.values.data(), vocabulary(), allowed, scratch_.tiles.data()));
}

/// Brings the tiles up to date that have lost their largest key. Reads the row where that has not
/// been done.
template <std::floating_point S>
void Candidates<S>::refresh_tiles() {
  if (!scanned_) scan();
  for (const std::size_t tile : scratch_.stale) {
    S values[math::kTile];
    const std::size_t size = tile_values(tile, values);
    Key* const largest = &scratch_.tiles[tile];
    if (!math::scan(values, size, nullptr, largest)) *largest = kBannedKey;
  }
  scratch_.stale.clear();
}

template <std::floating_point S>
void Candidates<S>::scale(double factor) {
  if (!(factor > 0 && factor <= std::numeric_limits<double>::max())) {
    return fail(Status::not_a_number);
  }
  scale_ = std::clamp(scale_ * factor, 1 / kLargest, kLargest);
  shift_ = std::clamp(shift_ * factor, -kLargest, kLargest);
  forget_weights();
  if (factor != 1) rest_ = -kInfinity;
}

template <std::floating_point S>
void Candidates<S>::shift(double delta) {
  constexpr double kMax = std::numeric_limits<double>::max();
  if (!(delta >= -kMax && delta <= kMax)) return fail(Status::not_a_number);
  shift_ = std::clamp(shift_ + delta, -kLargest, kLargest);
}

template <std::floating_point S>
void Candidates<S>::normalise() {
  const double mass = log_mass();
  if (status() != Status::ok) return;
  shift_ = -std::fma(math::widen(peak().value), scale_, mass + log_rest());
}

template <std::floating_point S>
void Candidates<S>::transform(const auto& f) {
  static_cast<void>(peak());  // before a value changes, as f may ask for it
  detail::ScopeExit otherwise([this] { fail(Status::not_a_number); });
  const detail::ScopeExit forgetting([this] { forget_facts(); });
  const auto next = [&](Token token, S old) {
    if (old == -kInfinity) return old;  // banned is banned, whatever f makes of -inf
    const double score = to_score(math::widen(old));
    S result;
    if constexpr (requires { f(token, score); }) {
      result = math::narrow<S>(f(token, score));
    } else {
      result = math::narrow<S>(f(score));
    }
    if (math::is_nan(result)) fail(Status::not_a_number);
    return result;
  };
  if (narrow_) {
    for (auto& entry : scratch_.survivors) entry.value = next(entry.token, entry.value);
  } else {
    for (std::size_t tile = 0; tile < scratch_.tiles.size(); ++tile) {
      const std::size_t begin = tile * math::kTile;
      S values[math::kTile];
      const std::size_t size = tile_values(tile, values);
      for (std::size_t i = 0; i < size; ++i) {
        values[i] = next(static_cast<Token>(begin + i), values[i]);
      }
      std::copy_n(values, size, &scratch_.values[begin]);
      scratch_.edited[tile] = ~std::uint64_t{0} >> (math::kTile - size);
      scratch_.edits.push_back(static_cast<Token>(begin));  // one a tile is enough to undo
    }
    transformed_ = true;
    scan_values();
  }
  scale_ = 1;
  shift_ = 0;
  rest_ = -kInfinity;
  otherwise.release();
}

}  // namespace logitkit::inline LOGITKIT_ABI
