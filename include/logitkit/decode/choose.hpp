// SPDX-License-Identifier: MIT
// How one token is chosen from one row: look at the row, run the chain, choose, report.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/core/pick.hpp>

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

/// The model's distribution, noted before a chain changes it. In the natural logarithm.
struct ModelReport {
  double log_sum_exp = 0;

  template <std::floating_point S>
  ModelReport(Candidates<S>& candidates, const Report& report, std::vector<Alternative>& out) {
    if (!report.model && report.alternatives == 0) return;
    log_sum_exp = candidates.log_sum_exp();
    const std::size_t end = out.size() + report.alternatives;
    for (const auto& [token, score] : candidates.sorted(report.alternatives)) {
      out.push_back({token, double(score) - log_sum_exp});
    }
    out.resize(end);  // n each time, so that they can be indexed: fewer tokens, more of kNoToken
  }
};

/// One pick from one row. `vocabulary` 0: whatever the row says. Alternatives are added to those
/// already in the workspace.
template <std::floating_point S, class C, class Chooser>
[[nodiscard]] Pick choose(Row<S> row, const C& chain, const Chooser& chooser,
                          const Context& context, const Report& report, std::size_t vocabulary,
                          Workspace& workspace) {
  if (row.size() == 0 || (vocabulary != 0 && row.size() != vocabulary)) {
    return {.status = Status::wrong_length};
  }
  Candidates<S> candidates(row, workspace);
  if (report.model || report.alternatives > 0) {  // else the chain may mask what is yet to be read
    if (const Status status = candidates.status(); status != Status::ok) return {.status = status};
  }

  auto& alternatives = workspace.alternatives();
  const std::size_t first = alternatives.size();
  const ModelReport model(candidates, report, alternatives);
  chain(candidates, context);

  Pick pick{.status = candidates.status()};
  if (pick.status != Status::ok) {
    alternatives.resize(first);
    return pick;
  }
  pick.token = chooser(candidates, context.position());
  pick.alternatives = std::span<const Alternative>(alternatives).subspan(first);
  if (report.model) {
    pick.model_log_probability =
        double(row[static_cast<std::size_t>(pick.token)]) - model.log_sum_exp;
  }
  if (report.choice) {
    pick.choice_log_probability = candidates.log_probability(pick.token);
  }
  return pick;
}

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
