// SPDX-License-Identifier: MIT
// How one token is chosen from one row: look at the row, run the chain, choose, report.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/generation.hpp>

#include <algorithm>

namespace logitkit::inline LOGITKIT_ABI {

/// Chooses the best candidate; equal scores, the lower token.
struct ChooseBest {
  template <std::floating_point S>
  [[nodiscard]] Token operator()(Candidates<S>& candidates, std::size_t) const {
    return candidates.best();
  }
};

/// Draws a candidate with the probability that its score stands for, at the decider's number.
template <Decider D>
struct ChooseRandomly {
  D decider;

  template <std::floating_point S>
  [[nodiscard]] Token operator()(Candidates<S>& candidates, std::size_t position) const {
    return candidates.draw(decider(position));
  }
};

namespace detail {

/// Appends n alternatives, so that they can be indexed: the best candidates, then kNoToken.
template <std::floating_point S>
void append_alternatives(Candidates<S>& candidates, std::size_t n, std::vector<Alternative>& out) {
  const std::size_t end = out.size() + n;
  for (const auto& [token, score] : candidates.sorted(n)) {
    out.push_back({token, candidates.log_probability(token)});
  }
  out.resize(end);
}

/// The model's distribution, noted before a chain changes it, where a report asks for it.
class ModelReport {
 public:
  ModelReport() = default;
  template <std::floating_point S>
  ModelReport(Candidates<S>& candidates, const Report& report, std::vector<Alternative>& out) {
    const bool listed = report.of == Distribution::model && report.alternatives > 0;
    if (!report.model && !listed) return;
    best_ = candidates.maximum();
    log_probability_of_best_ = candidates.log_probability(candidates.best());
    if (listed) append_alternatives(candidates, report.alternatives, out);
  }

  /// Of a token with this logit.
  [[nodiscard]] double log_probability(double logit) const {
    return (logit - best_) + log_probability_of_best_;
  }

 private:
  double best_ = 0;
  double log_probability_of_best_ = 0;
};

/// A token's logit in a row, or in a list: -inf where that lacks it.
template <std::floating_point S>
[[nodiscard]] double logit_of(Token token, Row<S> row) {
  return math::widen(row[static_cast<std::size_t>(token)]);
}
template <std::floating_point S>
[[nodiscard]] double logit_of(Token token, const CandidateList<S>& list) {
  const auto place = std::find(list.tokens().begin(), list.tokens().end(), token);
  if (place == list.tokens().end()) return -std::numeric_limits<double>::infinity();
  return math::widen(list.logits()[static_cast<std::size_t>(place - list.tokens().begin())]);
}

/// One pick from a Row or a CandidateList. `vocabulary` 0: whatever that says. Alternatives are
/// added to those already in the workspace.
template <class R, class C, class Chooser>
[[nodiscard]] Pick choose(const R& row, const C& chain, Chooser&& chooser, const Context& context,
                          const Report& report, std::size_t vocabulary, Workspace& workspace) {
  constexpr bool kList = requires { row.rest(); };
  static_assert(!kList || !WholeRowProcessor<C>,
                "logitkit: a processor of this chain needs the whole row (it says whole_row = "
                "true), so it cannot work on an lk::CandidateList, which is a part of one");
  if (kList && needs_whole_row(chain)) return {.status = Status::needs_whole_row};
  Candidates candidates(row, workspace);
  const std::size_t size = candidates.vocabulary();
  if (size == 0 || (vocabulary != 0 && size != vocabulary)) {
    return {.status = Status::wrong_length};
  }
  const bool listed = report.alternatives > 0 || report.rank;
  const bool of_model = listed && report.of == Distribution::model;
  if (report.model || of_model) {  // else the chain may mask what is yet to be read
    const Status status = candidates.status_and_mass();
    if (status != Status::ok) return {.status = status};
  }

  auto& alternatives = workspace.alternatives();
  const std::size_t first = alternatives.size();
  const ModelReport model(candidates, report, alternatives);
  chain(candidates, context);
  if constexpr (kList) candidates.keep_top(candidates.size());  // nothing of its rest can come

  // Before the status, which would cost the draw a read of its own.
  const Token token = chooser(candidates, context.position());
  Pick pick{.status = candidates.status()};
  if (pick.status == Status::ok && (token < 0 || static_cast<std::size_t>(token) >= size)) {
    pick.status = Status::token_out_of_range;
  }
  if (pick.status != Status::ok) {
    alternatives.resize(first);
    return pick;
  }
  pick.token = token;
  if (report.model) {
    pick.model_log_probability = model.log_probability(logit_of(pick.token, row));
  }
  if (report.choice) pick.choice_log_probability = candidates.log_probability(pick.token);
  if (listed && !of_model) append_alternatives(candidates, report.alternatives, alternatives);
  if (report.rank) {
    pick.rank = of_model ? Candidates(row, workspace).rank(pick.token)  // of the row anew
                         : candidates.rank(pick.token);
  }
  pick.alternatives = std::span<const Alternative>(alternatives).subspan(first);
  return pick;
}

/// Adds what was reported with a pick to the generation that it is committed to.
inline void append(const Pick& pick, Generation& generation) {
  if (!math::is_nan(pick.model_log_probability)) {
    if (generation.model_log_probabilities.empty()) generation.score = 0;
    generation.score += pick.model_log_probability;
    generation.model_log_probabilities.push_back(pick.model_log_probability);
  }
  if (!math::is_nan(pick.choice_log_probability)) {
    generation.choice_log_probabilities.push_back(pick.choice_log_probability);
  }
  if (pick.rank != 0) generation.ranks.push_back(pick.rank);
  generation.alternatives.insert(generation.alternatives.end(), pick.alternatives.begin(),
                                 pick.alternatives.end());
}

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
