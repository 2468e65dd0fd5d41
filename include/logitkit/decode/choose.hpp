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

/// Appends the n best of the candidates. n each time, so that they can be indexed: fewer tokens,
/// more of kNoToken.
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

/// One pick from one row. `vocabulary` 0: whatever the row says. Alternatives are added to those
/// already in the workspace.
template <std::floating_point S, class C, class Chooser>
[[nodiscard]] Pick choose(Row<S> row, const C& chain, const Chooser& chooser,
                          const Context& context, const Report& report, std::size_t vocabulary,
                          Workspace& workspace) {
  if (row.size() == 0 || (vocabulary != 0 && row.size() != vocabulary)) {
    return {.status = Status::wrong_length};
  }
  const bool listed = report.alternatives > 0 || report.rank;
  const bool of_model = listed && report.of == Distribution::model;
  Candidates<S> candidates(row, workspace);
  if (report.model || of_model) {  // else the chain may mask what is yet to be read
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
  if (report.model) {
    const double logit = math::widen(row[static_cast<std::size_t>(pick.token)]);
    pick.model_log_probability = model.log_probability(logit);
  }
  if (report.choice) pick.choice_log_probability = candidates.log_probability(pick.token);
  if (listed && !of_model) append_alternatives(candidates, report.alternatives, alternatives);
  if (report.rank) {
    pick.rank = of_model ? Candidates<S>(row, workspace).rank(pick.token)  // of the row anew
                         : candidates.rank(pick.token);
  }
  pick.alternatives = std::span<const Alternative>(alternatives).subspan(first);
  return pick;
}

}  // namespace detail

}  // namespace logitkit::inline LOGITKIT_ABI
