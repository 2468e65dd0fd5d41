// SPDX-License-Identifier: MIT
// The processors against Hugging Face transformers: see README.md for source and selection.
#include "support/catch.hpp"

#include <logitkit/core/candidates.hpp>
#include <logitkit/process/allow_only.hpp>
#include <logitkit/process/ban.hpp>
#include <logitkit/process/logit_bias.hpp>
#include <logitkit/process/min_new_tokens.hpp>
#include <logitkit/process/min_p.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/softmax.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>
#include <logitkit/process/top_p.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <map>

namespace lk = logitkit;
using nlohmann::json;

namespace {

const json& goldens() {
  static const json all = [] {
    std::ifstream file(LOGITKIT_TEST_DATA "/golden/processors.json");
    REQUIRE(file.good());
    return json::parse(file);
  }();
  return all;
}

double number(const json& value) {
  if (!value.is_string()) return value.get<double>();
  const double infinity = std::numeric_limits<double>::infinity();
  return value == "-inf" ? -infinity : value == "inf" ? infinity : std::nan("");
}

using Tokens = std::vector<lk::Token>;

template <class S>
void apply(const json& step, lk::Candidates<S>& candidates, const lk::Context& context) {
  const std::string name = step[0];
  const json& value = step[1];
  if (name == "temperature") {
    lk::Temperature{value.get<double>()}(candidates, context);
  } else if (name == "top_k") {
    lk::TopK{value.get<int>()}(candidates, context);
  } else if (name == "top_p") {
    lk::TopP{value.get<double>()}(candidates, context);
  } else if (name == "min_p") {
    lk::MinP{value.get<double>()}(candidates, context);
  } else if (name == "softmax") {
    lk::Softmax{}(candidates, context);
  } else if (name == "repetition_penalty") {
    lk::RepetitionPenalty penalty{value.get<double>()};
    penalty.start(context.prompt());
    for (const lk::Token token : context.generated()) penalty.accept(token);
    penalty(candidates, context);
  } else if (name == "logit_bias") {
    lk::LogitBias{value.get<std::vector<std::pair<lk::Token, double>>>()}(candidates, context);
  } else if (name == "ban") {
    lk::Ban{value.get<Tokens>()}(candidates, context);
  } else if (name == "allow_only") {
    lk::AllowOnly{value.get<Tokens>()}(candidates, context);
  } else if (name == "min_new_tokens") {
    lk::MinNewTokens{value[0].get<std::size_t>(), value[1].get<Tokens>()}(candidates, context);
  } else {
    FAIL("no such processor: " << name);
  }
}

/// What differs between Hugging Face's result and ours; empty if nothing does.
template <class S>
std::string difference(const json& golden) {
  std::vector<S> row;
  for (const json& score : golden["row"]) row.push_back(static_cast<S>(number(score)));
  const Tokens tokens = golden.value("tokens", Tokens{});
  const lk::Context context{tokens, golden.value("prompt", std::size_t(0))};
  lk::Workspace workspace;
  lk::Candidates<S> candidates(row, workspace);
  for (const json& step : golden["chain"]) apply(step, candidates, context);

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

}  // namespace

TEMPLATE_TEST_CASE("Every golden of Hugging Face agrees", "[golden]", float, double) {
  std::map<std::string, std::size_t> run;
  for (const json& golden : goldens()["cases"]) {
    const std::string differs = difference<TestType>(golden);
    if (!differs.empty()) {
      FAIL_CHECK(golden["hf"] << " " << golden["chain"].dump() << ", V = " << golden["row"].size()
                              << ": " << differs);
    }
    ++run[golden["hf"]];
  }
  const std::map<std::string, std::size_t> expected{{"LogitNormalization", 12},
                                                    {"MinLengthLogitsProcessor", 7},
                                                    {"MinNewTokensLengthLogitsProcessor", 5},
                                                    {"MinPLogitsWarper", 62},
                                                    {"NoBadWordsLogitsProcessor", 5},
                                                    {"Pipeline", 24},
                                                    {"PrefixConstrainedLogitsProcessor", 3},
                                                    {"RepetitionPenaltyLogitsProcessor", 40},
                                                    {"SequenceBiasLogitsProcessor", 4},
                                                    {"SuppressTokensLogitsProcessor", 4},
                                                    {"TemperatureLogitsWarper", 91},
                                                    {"TopKLogitsWarper", 74},
                                                    {"TopPLogitsWarper", 55}};
  CHECK(run == expected);
}
