// SPDX-License-Identifier: MIT
// Trials: a processor against its slow twin, on every input and in every situation.
#pragma once

#include "reference/inputs.hpp"
#include "reference/scores.hpp"
#include "reference/thresholds.hpp"
#include "support/catch.hpp"

#include <logitkit/core/concepts.hpp>

namespace reference {

namespace lk = logitkit;

/// What a set of candidates says of itself, token by token.
template <class S>
Scores scores_of(const lk::Candidates<S>& candidates) {
  Scores scores;
  for (std::size_t t = 0; t < candidates.vocabulary(); ++t) {
    scores.push_back(candidates.score(static_cast<lk::Token>(t)));
  }
  return scores;
}

/// A processor that has been told a prompt and what was generated.
template <class P>
P with_history(P processor, const Tokens& prompt, const Tokens& generated = {}) {
  processor.start(prompt);
  for (const lk::Token token : generated) processor.accept(token);
  return processor;
}

/// The scores that a processor makes of a row.
template <class S, class P>
Scores after(const P& processor, const std::vector<S>& row, const lk::Context& context = {}) {
  lk::Workspace workspace;
  lk::Candidates<S> candidates(row, workspace);
  processor(candidates, context);
  return scores_of(candidates);
}

/// The status that a processor leaves.
template <class S, class P>
lk::Status status_after(const P& processor, const std::vector<S>& row,
                        const lk::Context& context = {}) {
  lk::Workspace workspace;
  lk::Candidates<S> candidates(row, workspace);
  processor(candidates, context);
  return candidates.status();
}

/// What may have happened to the candidates before a processor sees them.
enum class Before {
  nothing,
  narrowed,
  narrowed_by_rank,
  sharpened,
  warmed,
  warmed_and_narrowed,
  edited
};
inline constexpr Before kSituations[] = {
    Before::nothing,   Before::narrowed, Before::narrowed_by_rank,
    Before::sharpened, Before::warmed,   Before::warmed_and_narrowed,
    Before::edited};

/// Brings fast candidates and slow scores into a situation.
template <class S>
void prepare(Before before, lk::Candidates<S>& fast, Scores& slow) {
  const auto keep_if = [&](auto&& kept) {
    fast.keep_if([&](lk::Token token, auto) { return kept(static_cast<std::size_t>(token)); });
    for (std::size_t t = 0; t < slow.size(); ++t) slow[t] = kept(t) ? slow[t] : kBanned;
  };
  const auto divide = [&](double temperature) {
    fast.scale(1 / temperature);
    for (long double& s : slow) s /= temperature;
  };
  const std::size_t best = best_first(slow).front();
  const auto not_third = [best](std::size_t t) { return t % 3 != 1 || t == best; };
  switch (before) {
    case Before::nothing:
      return;
    case Before::narrowed:
      return keep_if(not_third);
    case Before::narrowed_by_rank:
      fast.keep_top(70);
      slow = keep_first(slow, best_first(slow), 70);
      return;
    case Before::sharpened:
      return divide(0.5);
    case Before::warmed:
      return divide(0.7);
    case Before::warmed_and_narrowed:
      divide(0.7);
      return keep_if(not_third);
    case Before::edited:
      fast.add(static_cast<lk::Token>(best), S(1.25));
      slow[best] = static_cast<S>(slow[best] + 1.25L);
      if (best == 0) return;
      fast.ban(0);
      slow[0] = kBanned;
  }
}

/// How far apart two scores of a row may be: a few roundings of the largest number involved.
template <class S>
long double tolerance(const Scores& slow, const std::vector<S>& row) {
  long double largest = 1;
  for (const long double s : slow)
    largest = std::isfinite(s) ? std::max(largest, std::fabs(s)) : largest;
  for (const S s : row)
    largest = std::isfinite(s) ? std::max(largest, std::fabs((long double)(s))) : largest;
  return 16 * std::numeric_limits<S>::epsilon() * largest;
}

/// The first token on which fast and slow disagree: kept by one alone, or with another score.
inline std::string difference(const Scores& fast, const Scores& slow, long double within) {
  for (std::size_t t = 0; t < slow.size(); ++t) {
    const bool same = fast[t] == slow[t] || std::fabs(fast[t] - slow[t]) <= within;
    if (!same) {
      return "token " + std::to_string(t) + ": " + std::to_string(fast[t]) + ", should be " +
             std::to_string(slow[t]);
    }
  }
  return {};
}

/// Calls try_one(candidates, slow scores, row) for a row in a situation, and expects the text it
/// returns, what differs, to be empty.
template <class S, class F>
void try_row(const Input<S>& input, Before before, const F& try_one) {
  const std::vector<S> engine = input.row;
  lk::Workspace workspace;
  lk::Candidates<S> fast(engine, workspace);
  Scores slow(engine.begin(), engine.end());
  prepare(before, fast, slow);
  const std::string text = try_one(fast, slow, input.row);
  INFO(input.name << ", V = " << engine.size() << ", situation " << static_cast<int>(before) << ": "
                  << text);
  if (!text.empty() || engine != input.row) CHECK(text.empty());
  if (engine != input.row) FAIL_CHECK("the engine's row was written");
}

/// The same for each input of a size in each situation.
template <class S, class F>
void for_each_trial(std::size_t size, const F& try_one) {
  for (const Input<S>& input : inputs<S>(size)) {
    for (const Before before : kSituations) {
      const bool rounds = before == Before::warmed || before == Before::warmed_and_narrowed;
      if (rounds && input.name == "denormals") continue;  // the twin would round ties into them
      try_row(input, before, try_one);
    }
  }
  SUCCEED("all trials done");
}

/// The same on all sizes, and once, since twins take their time, for a row of a whole vocabulary.
template <class S, class F>
void for_each_trial(const F& try_one) {
  for (const std::size_t size : sizes()) for_each_trial<S>(size, try_one);
  static bool first = true;
  if (!std::exchange(first, false)) return;
  try_row<S>({"normal", normal_row<S>(128256, 3)}, Before::nothing, try_one);
}

/// A processor against its twin, slow scores to slow scores.
template <class S, class P, class Twin>
void agree(const P& processor, const Twin& twin, const lk::Context& context = {}) {
  for_each_trial<S>([&](auto& fast, const Scores& before, const auto& row) -> std::string {
    const Scores slow = twin(before);
    processor(fast, context);
    const bool left = count_kept(slow) > 0;
    if ((fast.status() == lk::Status::ok) != left) return lk::to_string(fast.status());
    return difference(scores_of(fast), slow, tolerance(slow, row));
  });
}

/// A processor against a threshold(slow scores): scores nearer to it than `within` may go either
/// way, the best never.
template <class S, class P, class F>
void agree_with_threshold(const P& processor, const F& threshold, long double within) {
  for_each_trial<S>([&](auto& fast, const Scores& before, const auto& row) -> std::string {
    processor(fast, {});
    if (fast.status() != lk::Status::ok) return lk::to_string(fast.status());
    const long double rounding = tolerance(before, row), at = threshold(before);
    const Scores got = scores_of(fast);
    Scores slow = reaching(before, at);
    for (std::size_t t = 0; t < slow.size(); ++t) {
      if (std::fabs(before[t] - at) <= within + rounding) slow[t] = got[t];
    }
    if (count_kept(got) == 0) return "nothing is left";
    return difference(got, slow, rounding);
  });
}

/// A bad row keeps its status whatever the processor does, unless it bans the token that has +inf;
/// an all-banned one stays empty.
template <class S, class P>
void keeps_bad_rows(const P& processor, const lk::Context& context = {}) {
  constexpr S kInfinity = std::numeric_limits<S>::infinity();
  for (const std::size_t size : {std::size_t(16), std::size_t(65), std::size_t(1000)}) {
    for (const std::size_t at : {std::size_t(0), size / 2, size - 1}) {
      std::vector<S> row = normal_row<S>(size, at + 1);
      row[at] = std::numeric_limits<S>::quiet_NaN();
      CHECK(status_after(processor, row, context) == lk::Status::not_a_number);
      row[at] = 100;  // where the best one is banned, so is +inf
      const bool banned = after(processor, row, context)[at] == kBanned;
      row[at] = kInfinity;
      CHECK(status_after(processor, row, context) ==
            (banned ? lk::Status::ok : lk::Status::positive_infinity));
    }
    CHECK(status_after(processor, std::vector<S>(size, -kInfinity), context) ==
          lk::Status::nothing_left);
  }
  CHECK(status_after(processor, std::vector<S>{}, context) == lk::Status::wrong_length);
}

/// Expects a constructor to refuse with a sentence.
template <class F>
void refuses(const F& construct, const std::string& sentence) {
  try {
    construct();
  } catch (const std::invalid_argument& refused) {
    CHECK(refused.what() == sentence);
    return;
  }
  FAIL_CHECK("not refused: " << sentence);
}

}  // namespace reference
