// SPDX-License-Identifier: MIT
// How Candidates is edited: values beside the row, and the tiles that they touch.
#pragma once

#include <logitkit/core/candidates.hpp>

namespace logitkit::inline LOGITKIT_ABI {

template <std::floating_point S>
template <class F>
void Candidates<S>::edit(Token token, const F& new_value) {
  const auto at = static_cast<std::size_t>(token);
  if (token < 0 || at >= vocabulary()) return fail(Status::token_out_of_range);
  Survivor* entry = narrow_ ? find(token) : nullptr;
  if (narrow_ && entry == nullptr) return;

  const S old = narrow_ ? entry->score : value(at);
  const S next = math::narrow<S>(new_value(math::widen(old)));
  if (math::is_nan(next)) fail(Status::not_a_number);
  if (narrow_) {
    entry->score = next;
  } else {
    scratch_.edited[at / math::kTile] |= std::uint64_t{1} << (at % math::kTile);
    scratch_.values[at] = next;
    scratch_.edits.push_back(token);
  }
  forget_facts();
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
  if (!(factor > 0 && factor <= std::numeric_limits<double>::max())) {
    return fail(Status::not_a_number);
  }
  scale_ = std::clamp(scale_ * factor, 1 / kLargest, kLargest);
  shift_ = std::clamp(shift_ * factor, -kLargest, kLargest);
  per_octave_ = scale_ * math::kLog2E;
  mass_.reset();
}

template <std::floating_point S>
void Candidates<S>::normalise() {
  if (status() != Status::ok) return;
  const double best = math::widen(peak().score);
  shift_ = -std::fma(best, scale_, math::log(mass().to_double() * 0x1p-62));
}

template <std::floating_point S>
template <class F>
void Candidates<S>::transform(const F& f) {
  struct Forgetting {  // the facts, once they are no longer so; also when f throws
    Candidates& set;
    ~Forgetting() { set.forget_facts(); }
  };
  static_cast<void>(peak());
  const Forgetting at_the_end{*this};
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
    for (auto& entry : scratch_.survivors) entry.score = next(entry.token, entry.score);
  } else {
    fresh_edits_ = scratch_.edits.size();  // the tiles are as they were until all is done
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
