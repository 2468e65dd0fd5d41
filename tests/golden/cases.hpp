// SPDX-License-Identifier: MIT
// Golden cases of processors: what each file of them shares. The format is told in README.md.
#pragma once

#include "support/catch.hpp"

#include <logitkit/core/candidates.hpp>
#include <logitkit/core/context.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <string>
#include <vector>

namespace golden {

namespace lk = logitkit;
using nlohmann::json;
using Tokens = std::vector<lk::Token>;

/// A file of tests/golden.
inline json file(const std::string& name) {
  std::ifstream file(LOGITKIT_TEST_DATA "/golden/" + name);
  REQUIRE(file.good());
  return json::parse(file);
}

inline double number(const json& value) {
  if (!value.is_string()) return value.get<double>();
  const double infinity = std::numeric_limits<double>::infinity();
  return value == "-inf" ? -infinity : value == "inf" ? infinity : std::nan("");
}

/// What differs between the recorded result and ours; empty if nothing does. `apply(step,
/// candidates, context, golden)` applies one [name, parameter] of the chain.
template <class S, class F>
std::string difference(const json& golden, const F& apply) {
  std::vector<S> row;
  for (const json& score : golden["row"]) row.push_back(static_cast<S>(number(score)));
  const Tokens tokens = golden.value("tokens", Tokens{});
  const lk::Context context{tokens, golden.value("prompt", std::size_t(0))};
  lk::Workspace workspace;
  lk::Candidates<S> candidates(row, workspace);
  for (const json& step : golden["chain"]) apply(step, candidates, context, golden);

  std::vector<std::size_t> kept;
  for (std::size_t t = 0; t < row.size(); ++t) {
    if (candidates.contains(static_cast<lk::Token>(t))) kept.push_back(t);
  }
  auto expected = golden["kept"].get<std::vector<std::size_t>>();
  if (golden.value("ties", false)) {  // they keep all that equal the k-th, we the lower tokens
    std::stable_sort(expected.begin(), expected.end(),
                     [&](std::size_t a, std::size_t b) { return row[a] > row[b]; });
    expected.resize(std::min(golden["chain"][0][1].get<std::size_t>(), expected.size()));
    std::sort(expected.begin(), expected.end());
  }
  if (kept != expected) {
    return std::to_string(kept.size()) + " kept, not " + std::to_string(expected.size());
  }
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const double ours = double(candidates.score(static_cast<lk::Token>(kept[i])));
    const bool value = golden.contains("out");
    const double theirs = value ? number(golden["out"][i]) : double(row[kept[i]]);
    const double within = value ? 2e-6 * std::max(1.0, std::fabs(theirs)) : 0;
    if (!(std::fabs(ours - theirs) <= within)) {
      return "token " + std::to_string(kept[i]) + " scores " + std::to_string(ours) + ", not " +
             std::to_string(theirs);
    }
  }
  return {};
}

/// Runs all cases of a file, complains of those that differ, and returns how many there are.
template <class S, class F>
std::size_t run(const std::string& name, const F& apply) {
  const json all = file(name);
  for (const json& golden : all["cases"]) {
    const std::string differs = difference<S>(golden, apply);
    if (differs.empty()) continue;
    FAIL_CHECK(golden["hf"] << " " << golden["chain"].dump() << ", V = " << golden["row"].size()
                            << ": " << differs);
  }
  return all["cases"].size();
}

}  // namespace golden
