// SPDX-License-Identifier: MIT
// The exact law of whole sequences of a small table model, of draws of them without replacement,
// and a chi-square test against it.
#pragma once

#include "reference/scores.hpp"
#include "support/models.hpp"

#include <logitkit/core/limits.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace test {

/// Three tokens; the row after each. Token 2 is banned after token 2.
inline TableModel<double> small_table() {
  return {3,
          {0.2, -0.4, 0.9,  //
           -0.5, 0.7, 0.1,  //
           0.3, 1.1, -std::numeric_limits<double>::infinity()}};
}

/// Steps a beam session to its end, with a workspace of the caller's.
void step_to_end(auto& session, const TableModel<double>& model,
                 const std::vector<lk::Token>& prompt, lk::Workspace& workspace) {
  std::vector<double> rows(model(prompt).begin(), model(prompt).end());
  while (!session.done()) {
    session.step(rows, workspace);
    rows.clear();
    for (std::size_t r = 0; r < session.live(); ++r) {
      const auto row = model(session.context(r).tokens);
      rows.insert(rows.end(), row.begin(), row.end());
    }
  }
}

/// What a beam decoder finds, with the same workspace every time.
auto find(const auto& decoder, const TableModel<double>& model,
          const std::vector<lk::Token>& prompt, const lk::Limits& limits,
          lk::Workspace& workspace) {
  auto session = decoder.start(prompt, limits);
  step_to_end(session, model, prompt, workspace);
  return session.results();
}

/// The probability of every sequence that may be generated, where chain(row, generated) are the
/// scores that a token is drawn by.
std::map<std::vector<lk::Token>, long double> sequence_law(const auto& model,
                                                           const std::vector<lk::Token>& prompt,
                                                           const lk::Limits& limits,
                                                           const auto& chain) {
  std::map<std::vector<lk::Token>, long double> law;
  const auto walk = [&](const auto& self, const std::vector<lk::Token>& tokens,
                        long double p) -> void {
    const auto& ends = limits.end_tokens;
    const bool ended =
        tokens.size() == limits.max_new_tokens ||
        (!tokens.empty() && std::find(ends.begin(), ends.end(), tokens.back()) != ends.end());
    if (ended) {
      law[tokens] = p;
      return;
    }
    std::vector<lk::Token> all = prompt;
    all.insert(all.end(), tokens.begin(), tokens.end());
    const auto row = model(all);
    const auto next =
        reference::probabilities(chain(reference::Scores(row.begin(), row.end()), tokens));
    for (std::size_t t = 0; t < next.size(); ++t) {
      if (next[t] == 0) continue;
      std::vector<lk::Token> longer = tokens;
      longer.push_back(static_cast<lk::Token>(t));
      self(self, longer, p * next[t]);
    }
  };
  walk(walk, {}, 1);
  return law;
}
auto sequence_law(const auto& model, const std::vector<lk::Token>& prompt,
                  const lk::Limits& limits) {
  return sequence_law(model, prompt, limits,
                      [](const reference::Scores& row, const auto&) { return row; });
}

/// The probability of every order of `k` draws without replacement.
inline void without_replacement(const std::map<std::vector<lk::Token>, long double>& law,
                                std::size_t k, std::vector<std::vector<lk::Token>> order,
                                long double p,
                                std::map<std::vector<std::vector<lk::Token>>, double>& out) {
  if (order.size() == k) {
    out[order] = double(p);
    return;
  }
  long double rest = 1;
  for (const auto& gone : order) rest -= law.at(gone);
  for (const auto& [tokens, mass] : law) {
    if (std::find(order.begin(), order.end(), tokens) != order.end()) continue;
    order.push_back(tokens);
    without_replacement(law, k, order, p * mass / rest, out);
    order.pop_back();
  }
}

/// Pearson's statistic less the value that it passes with probability 1e-6 (Wilson and Hilferty
/// 1931); what expects fewer than 10 is one bin. What is not expected at all makes it infinite.
template <class Outcome>
double chi_square_excess(const std::map<Outcome, double>& counts,
                         const std::map<Outcome, double>& law, std::size_t draws) {
  double statistic = 0, rare = 0, rare_found = 0, bins = 0;
  const auto add = [&](double found, double expected) {
    statistic += (found - expected) * (found - expected) / expected;
    ++bins;
  };
  for (const auto& [outcome, count] : counts) {
    if (law.find(outcome) == law.end()) return std::numeric_limits<double>::infinity();
  }
  for (const auto& [outcome, p] : law) {
    const double expected = p * double(draws);
    const auto at = counts.find(outcome);
    const double found = at == counts.end() ? 0 : at->second;
    if (expected >= 10) {
      add(found, expected);
    } else {
      rare += expected;
      rare_found += found;
    }
  }
  if (rare >= 1) add(rare_found, rare);
  const double degrees = bins - 1;
  const double root = 1 - 2 / (9 * degrees) + 4.753424 * std::sqrt(2 / (9 * degrees));
  return statistic - degrees * root * root * root;
}

}  // namespace test
