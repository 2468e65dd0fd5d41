// SPDX-License-Identifier: MIT
// Beam search and greedy decoding against Hugging Face's own: tokens, scores, number of model
// calls.
#include "golden/cases.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"

#include <logitkit/logitkit.hpp>

#include <optional>

namespace lk = logitkit;
using golden::json;

namespace {

/// A processor that is there or not: a chain whose length is known at run time only.
template <lk::Processor P>
struct Maybe {
  std::optional<P> processor{};

  void start(std::span<const lk::Token> prompt) {
    if constexpr (lk::StartingProcessor<P>) {
      if (processor) processor->start(prompt);
    }
  }
  void accept(lk::Token token) {
    if constexpr (lk::AcceptingProcessor<P>) {
      if (processor) processor->accept(token);
    }
  }
  template <std::floating_point S>
  void operator()(lk::Candidates<S>& candidates, const lk::Context& context) const {
    if (processor) (*processor)(candidates, context);
  }
};

template <class Scalar>
test::TableModel<Scalar> table(const json& model) {
  test::TableModel<Scalar> result{model["vocabulary"], {}, model["order"]};
  for (const int logit : model["logits_64"]) result.logits.push_back(Scalar(logit) / 64);
  return result;
}

/// The chain that Hugging Face's generate() builds from these parameters, in its order.
template <class P>
auto chain_of(const json& params) {
  const auto end_tokens = params.value("eos_token_id", std::vector<lk::Token>{});
  std::vector<std::pair<std::vector<lk::Token>, P>> biases;
  for (const auto& each : params.value("sequence_bias", json::array())) {
    biases.emplace_back(each[0].get<std::vector<lk::Token>>(), each[1].get<P>());
  }
  Maybe<lk::RepetitionPenalty<P>> repetition;
  if (params.contains("repetition_penalty")) {
    repetition.processor.emplace(params["repetition_penalty"].get<P>());
  }
  Maybe<lk::NoRepeatNgram<std::size_t>> no_repeat;
  if (params.contains("no_repeat_ngram_size")) {
    no_repeat.processor.emplace(params["no_repeat_ngram_size"].get<std::size_t>());
  }
  using Decay = lk::ExponentialLengthDecay<P, std::size_t>;
  Maybe<Decay> decay;
  if (params.contains("exponential_decay_length_penalty")) {
    const auto& pair = params["exponential_decay_length_penalty"];
    decay.processor.emplace(pair[0].get<std::size_t>(), pair[1].get<P>(), end_tokens);
  }
  Maybe<lk::Softmax> softmax;
  if (params.value("renormalize_logits", false)) softmax.processor.emplace();
  const auto bad_words = params.value("bad_words_ids", std::vector<std::vector<lk::Token>>{});
  return lk::Chain{lk::SequenceBias<P>{biases},
                   repetition,
                   no_repeat,
                   lk::BanSequences{bad_words},
                   lk::MinLength{params.value("min_length", 0), end_tokens},
                   lk::MinNewTokens{params.value("min_new_tokens", 0), end_tokens},
                   decay,
                   lk::Ban{params.value("suppress_tokens", std::vector<lk::Token>{})},
                   softmax};
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

/// Compares a decoder's results with those of a case; returns how many there were.
template <class Scalar>
void check_decoder(const auto& decoder, const json& each, const json& models, const char* scores,
                   double tolerance, EndTokens end_tokens = EndTokens::as_they_are) {
  const bool robust = each["robust"];
  const lk::Limits limits = limits_of(each["params"]);
  int calls = 0;
  std::size_t at = 0;
  for (const std::vector<lk::Token> prompt : each["prompts"]) {
    Engine<Scalar> engine{lk::Stateless{table<Scalar>(models[each["model"].get<std::string>()])}};
    for (lk::Generation& result : decoder.decode(engine, prompt, limits)) {
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
      if (each.contains(scores)) {
        CHECK(result.score ==
              Catch::Approx(each[scores][at].get<double>()).margin(tolerance).epsilon(0));
      }
      ++at;
    }
    calls = std::max(calls, engine.calls);
  }
  CHECK(at == each["generated"].size());
  if (robust) CHECK(calls == each["model_calls"].get<int>());
}

template <class Scalar>
void check_beam_case(const json& each, const json& models, const char* scores, double tolerance) {
  INFO(each["id"].get<std::string>() << (sizeof(Scalar) == 8 ? ", double" : ", float"));
  const json& params = each["params"];
  const lk::BeamSearchDecoder beams{chain_of<Scalar>(params), options_of(params)};
  check_decoder<Scalar>(beams, each, models, scores, tolerance);
}

}  // namespace

TEST_CASE("beam search gives Hugging Face's tokens, scores and number of model calls") {
  const json golden = golden::file("beam.json");
  CHECK(golden["cases"].size() == 80);
  for (const json& each : golden["cases"]) {
    check_beam_case<float>(each, golden["models"], "scores", 1e-5);
    check_beam_case<double>(each, golden["models"], "scores_f64", 1e-9);
  }
}

TEST_CASE("by the legacy rules it gives those of version 4.43, but for the end token's number") {
  const json golden = golden::file("beam.json");
  int others = 0;
  for (json each : golden["cases"]) {
    if (!each["robust"] || (each.contains("legacy") && each["legacy"].is_null())) continue;
    INFO(each["id"].get<std::string>());
    each.erase("finish");
    if (each.contains("legacy")) {
      ++others;
      for (const auto& [key, value] : each["legacy"].items()) each[key] = value;
    }
    lk::BeamOptions options = options_of(each["params"]);
    options.legacy = true;
    const lk::BeamSearchDecoder beams{chain_of<float>(each["params"]), options};
    check_decoder<float>(beams, each, golden["models"], "scores", 1e-5, EndTokens::all_the_first);
  }
  CHECK(others == 12);
}

TEST_CASE("diverse beams give version 4.43's tokens, scores and number of model calls") {
  const json golden = golden::file("group.json");
  CHECK(golden["cases"].size() == 14);
  for (const json& each : golden["cases"]) {
    INFO(each["id"].get<std::string>());
    const json& params = each["params"];
    lk::BeamOptions options = options_of(params);
    options.legacy = true;
    // Theirs multiplies in single precision, also in doubles.
    const float penalty = params["diversity_penalty"];
    const lk::BeamSearchDecoder beams{
        chain_of<double>(params), options,
        lk::DiverseBeams{{.groups = params["num_beam_groups"], .penalty = penalty}}};
    check_decoder<double>(beams, each, golden["models"], "scores_f64", 1e-9);
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
    const lk::BeamSearchDecoder beams{chain_of<double>(params), options_of(params), phrases};
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
    const lk::BeamSearchDecoder beams{chain_of<float>(params), options_of(params)};
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
    INFO(each["id"].get<std::string>());
    const json& params = each["params"];
    int calls = 0;
    std::size_t at = 0;
    for (const std::vector<lk::Token> prompt : each["prompts"]) {
      Engine<float> engine{
          lk::Stateless{table<float>(golden["models"][each["model"].get<std::string>()])}};
      const lk::GreedyDecoder greedy{chain_of<float>(params)};
      const lk::Generation result = greedy.decode(engine, prompt, limits_of(params));
      CHECK(result.tokens == each["generated"][at++].get<std::vector<lk::Token>>());
      calls = std::max(calls, engine.calls);
    }
    CHECK(calls == each["model_calls"].get<int>());
  }
}
