// SPDX-License-Identifier: MIT
// next: one step for a batch of sessions, each with its own prompt, limits, chain and seed.
#pragma once

#include <logitkit/decode/session.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Picks for sessions[r] by row r of `rows`, one pick each in the same order; commits nothing.
/// `rows` is one buffer of as many rows as there are sessions; otherwise every pick has the status
/// `wrong_length`. `sessions` and `workspaces` are contiguous ranges, the latter not empty.
/// A pick depends on its own row and session alone: it is the same in any batch. A finished session
/// gets the status `finished`, and its row is not read.
/// The picks are in the first workspace, valid until it is used again. Runs in this thread.
template <class R, class Sessions, class Workspaces>
[[nodiscard]] std::span<const Pick> next(const R& rows, const Sessions& sessions,
                                         Workspaces&& workspaces) {
  Workspace& workspace = *std::data(workspaces);
  const std::size_t count = std::size(sessions);
  const auto all = as_rows(rows, count);
  auto& picks = workspace.picks();
  auto& alternatives = workspace.alternatives();
  picks.assign(count, Pick{.status = Status::wrong_length});
  alternatives.clear();
  if (all.count != count) return picks;

  for (std::size_t r = 0; r < count; ++r) {
    picks[r] = std::data(sessions)[r].next(all[r], workspace);
  }
  std::size_t first = 0;  // only now do the alternatives stay where they are
  for (Pick& pick : picks) {
    const std::size_t n = pick.alternatives.size();
    pick.alternatives = std::span<const Alternative>(alternatives).subspan(first, n);
    first += n;
  }
  return picks;
}

}  // namespace logitkit::inline LOGITKIT_ABI
