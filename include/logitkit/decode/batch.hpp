// SPDX-License-Identifier: MIT
// next: one step for a batch of sessions, each with its own prompt, limits, chain and seed.
#pragma once

#include <logitkit/decode/session.hpp>

namespace logitkit::inline LOGITKIT_ABI {

namespace detail {

template <class W>
concept WorkspaceOrRange = std::same_as<std::remove_cvref_t<W>, Workspace> || requires(W& w) {
  { std::data(w) } -> std::same_as<Workspace*>;
};

template <class W>
[[nodiscard]] Workspace& first_of(W& workspaces) {
  if constexpr (std::same_as<W, Workspace>) {
    return workspaces;
  } else {
    return *std::data(workspaces);
  }
}

}  // namespace detail

/// Picks for sessions[r] by row r of `rows`, one pick each in the same order; commits nothing.
/// `rows` is one buffer of as many rows as there are sessions; otherwise every pick has the status
/// `wrong_length`. `sessions` is a contiguous range, and so is `workspaces`, which is not empty;
/// one workspace by itself will do.
/// A pick depends on its own row and session alone: it is the same in any batch. A finished session
/// gets the status `finished`, and its row is not read.
/// The picks are in the first workspace, valid until it is used again. Runs in this thread.
template <class R, class Sessions, class Workspaces>
[[nodiscard]] std::span<const Pick> next(const R& rows, const Sessions& sessions,
                                         Workspaces&& workspaces) {
  static_assert(
      detail::WorkspaceOrRange<Workspaces>,
      "logitkit: next(rows, sessions, workspaces) takes one lk::Workspace or a contiguous "
      "range of them, such as std::vector<lk::Workspace>");
  Workspace& workspace = detail::first_of(workspaces);
  const std::size_t count = std::size(sessions);
  const auto all = as_rows(rows, count);
  auto& picks = workspace.picks();
  auto& alternatives = workspace.alternatives();
  picks.assign(count, Pick{.status = Status::wrong_length});
  alternatives.clear();
  if (all.count != count) return picks;

  for (std::size_t r = 0; r < count; ++r) {
    picks[r] = std::data(sessions)[r].next_in_batch(all[r], workspace);
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
