// SPDX-License-Identifier: MIT
// next: one step for a batch of sessions, each with its own prompt, limits, chain and seed.
#pragma once

#include <logitkit/decode/detail/run_tasks.hpp>
#include <logitkit/decode/session.hpp>

namespace logitkit::inline LOGITKIT_ABI {

/// Picks for sessions[r] by row r of `rows`, one pick each in the same order; commits nothing.
/// `rows` is one buffer of as many rows as there are sessions, or a contiguous range of as many
/// CandidateLists; otherwise every pick has the status `wrong_length`. `sessions` is a contiguous
/// range, and so is `workspaces`, which is not empty; one workspace by itself will do. A pick
/// depends on its own row and session alone: it is the same in any batch, from any executor and in
/// any number of threads. A finished session gets the status `finished`, and its row is not read.
/// The executor is asked for one task for each workspace, or each session if there are fewer; a
/// task takes row after row, because they differ in cost, and works in its own workspace. By
/// default all is done in this thread and in the first workspace.
/// The picks are in the first workspace, their alternatives in that of their task, valid until it
/// is used again. Allocates nothing once it has seen the vocabulary and the number of sessions.
/// Where processors throw, all tasks come to an end, then the first such row's exception is thrown.
/// Throws std::invalid_argument where the alternatives that the sessions report add up to more than
/// 2^22. What processors of different sessions share must bear being read at once.
template <class R, class Sessions, class Workspaces, class E = Serial>
[[nodiscard]] std::span<const Pick> next(const R& rows, const Sessions& sessions,
                                         Workspaces&& workspaces, E&& executor = {}) {
  static_assert(detail::explain_batch<Workspaces, E>());
  const std::span<Workspace> spaces = detail::all_of(workspaces);
  const std::size_t count = std::size(sessions);
  const auto all = as_rows(rows, count);
  auto& picks = spaces[0].picks();
  picks.assign(count, Pick{.status = Status::wrong_length});
  if (all.count != count || count == 0) return picks;

  using Score = typename decltype(all[0])::Score;
  std::size_t alternatives = 0;
  for (const auto& session : sessions) alternatives += session.report().alternatives;
  if (alternatives > Report::kMostInAStep) {
    require(
        misuse("next", "alternatives of all sessions", "their sum <= 2^22", double(alternatives)));
  }
  const auto begin = [&](Workspace& workspace) {
    workspace.scratch<Score>().resize(all.vocabulary);  // now, whoever gets which rows later
    workspace.alternatives().clear();
    workspace.alternatives().reserve(alternatives);  // those of a pick stay where they are
  };
  const auto pick = [&](std::size_t r, Workspace& workspace) {
    picks[r] = std::data(sessions)[r].next_in_batch(all[r], workspace);
  };
  detail::run_tasks(count, count, spaces, executor, begin, pick);
  return picks;
}

}  // namespace logitkit::inline LOGITKIT_ABI
