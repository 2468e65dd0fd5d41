// SPDX-License-Identifier: MIT
// How Candidates is edited: values beside the row, and the tiles that they touch.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

template <std::floating_point S>
template <class F>
void Candidates<S>::edit(Token token, const F& new_value) {
  const auto at = static_cast<std::size_t>(token);
  if (token < 0 || at >= vocabulary()) {
    if (status_ == Status::ok) status_ = Status::token_out_of_range;
    return;
  }
  if (narrow_) {
    Candidate<S>* entry = find(token);
    if (entry == nullptr) return;
    entry->score = static_cast<S>(new_value(entry->score));
    return edited(entry->score);
  }
  const S next = static_cast<S>(new_value(value(at)));
  std::uint64_t& word = scratch_.edited[at / math::kTile];
  const std::uint64_t bit = std::uint64_t{1} << (at % math::kTile);
  word |= bit;
  scratch_.values[at] = next;
  scratch_.edits.push_back(token);
  edited(next);
}

template <std::floating_point S>
void Candidates<S>::edited(S value) {
  if (math::is_nan(value) && status_ == Status::ok) status_ = Status::not_a_number;
  peak_.reset();
  mass_.reset();
}

/// Brings the tiles of edited tokens up to date: at most 64 reads an edit.
template <std::floating_point S>
void Candidates<S>::refresh_tiles() {
  for (; fresh_edits_ < scratch_.edits.size(); ++fresh_edits_) {
    const std::size_t tile = static_cast<std::size_t>(scratch_.edits[fresh_edits_]) / math::kTile;
    const std::size_t begin = tile * math::kTile;
    const std::size_t end = std::min(begin + math::kTile, vocabulary());
    Key largest = math::order_key(value(begin));
    for (std::size_t i = begin; i < end; ++i)
      largest = std::max(largest, math::order_key(value(i)));
    scratch_.tiles[tile] = largest;
  }
}

template <std::floating_point S>
void Candidates<S>::scale(double factor) {
  constexpr double kLargest = 1e300;  // neither 0 times -inf nor inf times 0 is a score
  scale_ = std::clamp(scale_ * factor, 1 / kLargest, kLargest);
  shift_ *= factor;
  per_octave_ = scale_ * math::kLog2E;
  mass_.reset();
}

template <std::floating_point S>
void Candidates<S>::normalise() {
  const Candidate<S> best = peak();
  if (best.token == kNoToken || status() != Status::ok) return;
  shift_ = -std::fma(double(best.score), scale_, math::log(mass().to_double() * 0x1p-62));
}

template <std::floating_point S>
template <class F>
void Candidates<S>::transform(const F& f) {
  const auto next = [&](Token token, S old) {
    if (old == -kInfinity) return old;  // banned is banned, whatever f makes of -inf
    const S score = static_cast<S>(to_score(old));
    S result;
    if constexpr (requires { f(token, score); }) {
      result = static_cast<S>(f(token, score));
    } else {
      result = static_cast<S>(f(score));
    }
    edited(result);
    return result;
  };
  if (narrow_) {
    for (auto& entry : scratch_.survivors) entry.score = next(entry.token, entry.score);
  } else {
    for (std::size_t i = 0; i < vocabulary(); ++i) {
      const auto token = static_cast<Token>(i);
      const S result = next(token, value(i));
      scratch_.edited[i / math::kTile] |= std::uint64_t{1} << (i % math::kTile);
      scratch_.values[i] = result;
      if (i % math::kTile == 0) scratch_.edits.push_back(token);  // one a tile is enough to undo
    }
    fresh_edits_ = 0;
  }
  scale_ = 1;
  shift_ = 0;
  per_octave_ = math::kLog2E;
}

}  // namespace logitkit::inline LOGITKIT_ABI
