// SPDX-License-Identifier: MIT
// Beam search and greedy decoding against Hugging Face's own: tokens, scores, number of model
// calls.
#include "golden/generate.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"

#include <logitkit/logitkit.hpp>

namespace lk = logitkit;
using golden::json;

namespace {

template <class Scalar>
test::TableModel<Scalar> table(const json& model) {
  test::TableModel<Scalar> result{model["vocabulary"], {}, model["order"]};
  for (const int logit : model["logits_64"]) result.logits.push_back(Scalar(logit) / 64);
  return result;
}

lk::Limits limits_of(const json& params) {
  lk::Limits limits{.end_tokens = params.value("eos_token_id", std::vector<lk::Token>{})};
  if (params.contains("max_new_tokens")) limits.max_new_tokens = params["max_new_tokens"];
  if (params.contains("max_length")) limits.max_tokens = params["max_length"];
  return limits;
}

lk::BeamOptions options_of(const json& params) {
  lk::BeamOptions options{.beams = params["num_beams"],
                          .length_penalty = params["length_penalty"].get<double>(),
                          .n_best = params["num_return_sequences"]};
  if (params["early_stopping"] == true) options.early_stopping = lk::EarlyStopping::when_full;
  if (params["early_stopping"] == "never") options.early_stopping = lk::EarlyStopping::never;
  return options;
}

const char* finish(lk::StopReason reason) {
  if (reason == lk::StopReason::end_token) return "eos";
  const bool length =
      reason == lk::StopReason::max_new_tokens || reason == lk::StopReason::max_tokens;
  return length ? "length" : "?";
}

/// The table as a model whose steps are counted: one step is one forward pass.
template <class Scalar>
struct Engine {
  lk::Stateless<test::TableModel<Scalar>> rows;
  int calls = 0;

  auto prefill(std::span<const lk::Token> prompt) { return ++calls, rows.prefill(prompt); }
  auto step(std::span<const lk::Token> last) { return ++calls, rows.step(last); }
  void reorder(std::span<const std::size_t> parents) { rows.reorder(parents); }
};

/// Theirs forgets which end token it was that ended a hypothesis, by the legacy rules.
enum class EndTokens { as_they_are, all_the_first };

std::vector<lk::Generation> all(std::vector<lk::Generation> results) { return results; }
std::vector<lk::Generation> all(lk::Generation result) { return {std::move(result)}; }

/// Compares a decoder's results with those of a case.
template <class Scalar>
void check_decoder(const auto& decoder, const json& each, const json& models,
                   EndTokens end_tokens = EndTokens::as_they_are) {
  constexpr bool kDouble = std::is_same_v<Scalar, double>;
  constexpr const char* kScores = kDouble ? "scores_f64" : "scores";
  constexpr double kTolerance = kDouble ? 1e-9 : 1e-5;
  INFO(each["id"].get<std::string>());
  const bool robust = each["robust"];
  const lk::Limits limits = limits_of(each["params"]);
  int calls = 0;
  std::size_t at = 0;
  for (const std::vector<lk::Token> prompt : each["prompts"]) {
    Engine<Scalar> engine{lk::Stateless{table<Scalar>(models[each["model"].get<std::string>()])}};
    for (lk::Generation& result : all(decoder.decode(engine, prompt, limits))) {
      REQUIRE(at < each["generated"].size());
      if (end_tokens == EndTokens::all_the_first && result.reason == lk::StopReason::end_token) {
        result.tokens.back() = limits.end_tokens[0];
      }
      if (robust) {
        CHECK(result.tokens == each["generated"][at].get<std::vector<lk::Token>>());
        if (each.contains("finish")) {
          CHECK(finish(result.reason) == each["finish"][at].get<std::string>());
        }
      }
      if (each.contains(kScores)) {
        CHECK(result.score ==
              Catch::Approx(each[kScores][at].get<double>()).margin(kTolerance).epsilon(0));
      }
      ++at;
    }
    calls = std::max(calls, engine.calls);
  }
  CHECK(at == each["generated"].size());
  if (robust) CHECK(calls == each["model_calls"].get<int>());
}

}  // namespace

TEMPLATE_TEST_CASE("beam search gives Hugging Face's tokens, scores and number of model calls", "",
                   float, double) {
  const json golden = golden::file("beam.json");
  CHECK(golden["cases"].size() == 80);
  for (const json& each : golden["cases"]) {
    const json& params = each["params"];
    const lk::BeamSearchDecoder beams{golden::chain_of(params), options_of(params)};
    check_decoder<TestType>(beams, each, golden["models"]);
  }
}

TEST_CASE("by the legacy rules it gives those of version 4.43, but for the end token's number") {
  const json golden = golden::file("beam.json");
  int others = 0;
  for (json each : golden["cases"]) {
    if (!each["robust"] || (each.contains("legacy") && each["legacy"].is_null())) continue;
    each.erase("finish");
    if (each.contains("legacy")) {
      ++others;
      for (const auto& [key, value] : each["legacy"].items()) each[key] = value;
    }
    lk::BeamOptions options = options_of(each["params"]);
    options.legacy = true;
    const lk::BeamSearchDecoder beams{golden::chain_of(each["params"]), options};
    check_decoder<float>(beams, each, golden["models"], EndTokens::all_the_first);
  }
  CHECK(others == 12);
}

TEST_CASE("diverse beams give version 4.43's tokens, scores and number of model calls") {
  const json golden = golden::file("group.json");
  CHECK(golden["cases"].size() == 14);
  for (const json& each : golden["cases"]) {
    const json& params = each["params"];
    lk::BeamOptions options = options_of(params);
    options.legacy = true;
    // Theirs multiplies in single precision, also in doubles.
    const float penalty = params["diversity_penalty"];
    const lk::BeamSearchDecoder beams{
        golden::chain_of(params), options,
        lk::DiverseBeams{{.groups = params["num_beam_groups"], .penalty = penalty}}};
    check_decoder<double>(beams, each, golden["models"]);
  }
}

TEMPLATE_TEST_CASE("a group's rows lose what version 4.43's diversity penalty takes from them", "",
                   float, double) {
  const auto apply = [](const json& step, auto& candidates, const lk::Context&, const json&) {
    lk::TokenCounts taken;
    for (const lk::Token token : step[1]["taken"]) taken.add(token);
    lk::detail::DissuadedBeams group(step[1]["penalty"].get<double>());
    group.dissuade(taken);
    group.before_chain(candidates);
  };
  CHECK(golden::run<TestType>("hamming.json", apply) == 12);
}

TEST_CASE("constrained search meets every demand, also where Hugging Face's result does not") {
  const json golden = golden::file("constrained_beam.json");
  int theirs_lack = 0;
  for (const json& each : golden["cases"]) {
    INFO(each["id"].get<std::string>());
    const json& params = each["params"];
    const lk::RequiredPhrases phrases(
        params["demands"].get<std::vector<std::vector<std::vector<lk::Token>>>>());
    const lk::BeamSearchDecoder beams{golden::chain_of(params), options_of(params), phrases};
    const std::vector<lk::Token> prompt = each["prompts"][0];
    const auto model = table<double>(golden["models"][each["model"].get<std::string>()]);
    const auto results = beams.decode(model, prompt, limits_of(params));
    REQUIRE(results.size() == each["generated"].size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      CHECK(phrases.missing(results[i].tokens).empty());
      const bool lacks =
          !phrases.missing(each["generated"][i].get<std::vector<lk::Token>>()).empty();
      theirs_lack += lacks;
      if (!lacks) CHECK(results[i].score >= each["scores_f64"][i].get<double>() - 1e-9);
    }
  }
  CHECK(theirs_lack == 2);
}

TEST_CASE("the live beams' sums are Hugging Face's after every step") {
  const json golden = golden::file("beam.json");
  std::size_t steps = 0;
  for (const json& each : golden["cases"]) {
    if (!each.contains("running") || !each["robust"]) continue;
    INFO(each["id"].get<std::string>());
    const std::vector<lk::Token> prompt = each["prompts"][0];
    const json& params = each["params"];
    lk::Stateless model{table<float>(golden["models"][each["model"].get<std::string>()])};
    const lk::BeamSearchDecoder beams{golden::chain_of(params), options_of(params)};
    auto session = beams.start(prompt, limits_of(params));
    lk::Workspace workspace;
    lk::BeamStep step = session.step(model.prefill(prompt), workspace);
    for (std::size_t at = 0; !session.done(); ++at, ++steps) {
      const json& running = each["running"].at(at);
      REQUIRE(session.live() == running.size());
      for (std::size_t r = 0; r < session.live(); ++r) {
        CHECK(session.sum(r) == Catch::Approx(running[r].get<double>()).margin(1e-5).epsilon(0));
      }
      if (!step.identity) model.reorder(step.parents);
      step = session.step(model.step(step.tokens), workspace);
    }
  }
  CHECK(steps > 50);
}

TEST_CASE("greedy decoding gives Hugging Face's tokens and number of model calls") {
  const json golden = golden::file("greedy.json");
  CHECK(golden["cases"].size() == 7);
  for (const json& each : golden["cases"]) {
    check_decoder<float>(lk::GreedyDecoder{golden::chain_of(each["params"])}, each,
                         golden["models"]);
  }
}
