// SPDX-License-Identifier: MIT
// SpeculativeDecoder: what it must not change, and where it must stop.
#include <logitkit/decode/speculative.hpp>

#include <logitkit/decode/coupled.hpp>
#include <logitkit/decode/exact_match.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_k.hpp>

#include "support/catch.hpp"
#include "support/generations.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;
using Guess = std::function<Tokens(const lk::Context&, std::size_t)>;

namespace {

constexpr std::size_t kVocabulary = 12;
const Tokens kPrompt{3, 1, 4};
const test::PlainRecurrent<float> kModel{kVocabulary};
const lk::Chain kChain{lk::RepetitionPenalty{1.2f}, lk::Temperature{0.8f}, lk::TopK{5}};

/// Says a text that it knows, with every third token wrong.
Guess reciter(const Tokens& text) {
  return [text](const lk::Context& context, std::size_t n) {
    Tokens tokens;
    for (std::size_t i = context.generated().size(); i < text.size() && tokens.size() < n; ++i) {
      tokens.push_back(i % 3 == 2 ? (text[i] + 1) % lk::Token(kVocabulary) : text[i]);
    }
    return tokens;
  };
}

std::vector<Guess> guesses(const Tokens& text) {
  return {
      [](const lk::Context&, std::size_t) { return Tokens{}; },
      [](const lk::Context&, std::size_t n) { return Tokens(n, 7); },
      [](const lk::Context&, std::size_t n) { return Tokens(n + 3, 5); },
      [](const lk::Context&, std::size_t) { return Tokens{1, 99, 2}; },
      [](const lk::Context&, std::size_t) { return Tokens{-1}; },
      [text](const lk::Context& context, std::size_t n) {
        const auto rest = std::span(text).subspan(context.generated().size());
        const auto part = rest.first(std::min(n, rest.size()));
        return Tokens(part.begin(), part.end());
      },
      reciter(text),
  };
}

/// Every kind of end, for a text that would go on.
std::vector<lk::Limits> all_limits(const Tokens& text) {
  const Tokens run{text[4], text[5]};
  return {{.max_new_tokens = 20},
          {.max_new_tokens = 1},
          {.max_new_tokens = 2},
          {.max_new_tokens = 20, .max_tokens = 8},
          {.max_new_tokens = 20, .max_tokens = 3},
          {.max_new_tokens = 20, .end_tokens = {text[6]}},
          {.max_new_tokens = 20, .stop_sequences = {run}},
          {.max_new_tokens = 20,
           .stop_when = [](const lk::Context& context) { return context.generated().size() == 7; }},
          {.max_new_tokens = 20, .vocabulary = kVocabulary},
          {.max_new_tokens = 20, .vocabulary = kVocabulary + 1}};
}

constexpr lk::Report kReport{.model = true, .choice = true, .alternatives = 2, .rank = true};

/// With any drafter, `speculative(guess)` does what `plain` does, on both kinds of model.
void check_as_plain(const auto& plain, const auto& speculative) {
  const Tokens text = plain.decode(kModel, kPrompt, {.max_new_tokens = 20}).tokens;
  for (const lk::Limits& limits : all_limits(text)) {
    const auto expected = plain.decode(kModel, kPrompt, limits);
    for (const Guess& guess : guesses(text)) {
      const auto decoder = speculative(guess);
      test::check_equal(decoder.decode(kModel, kPrompt, limits), expected);
      test::check_equal(decoder.decode(test::CachedRecurrent<float>{kVocabulary}, kPrompt, limits),
                        expected);
    }
  }
  for (const std::size_t length : {3u, 4u, 8u, 9u, 12u}) {
    const test::ThrowsAt<test::PlainRecurrent<float>> throws{kModel, length};
    const auto failed = plain.decode(throws, kPrompt, {.max_new_tokens = 20});
    CHECK(failed.reason == lk::StopReason::model_failed);
    const test::SpoiltAt<test::PlainRecurrent<float>> spoilt{kModel, length,
                                                             test::Spoil::not_a_number};
    const auto bad = plain.decode(spoilt, kPrompt, {.max_new_tokens = 20});
    CHECK(bad.status == lk::Status::not_a_number);
    for (const Guess& guess : guesses(text)) {
      test::check_equal(speculative(guess).decode(throws, kPrompt, {.max_new_tokens = 20}), failed);
      test::check_equal(speculative(guess).decode(spoilt, kPrompt, {.max_new_tokens = 20}), bad);
    }
    // An observer that stops is obeyed at once.
    Tokens heard, heard_plain;
    const auto stops = [length](Tokens& tokens) {
      return [&tokens, length](lk::Token token) {
        tokens.push_back(token);
        return tokens.size() < length;
      };
    };
    const auto stopped = plain.decode(kModel, kPrompt, {.max_new_tokens = 20}, stops(heard_plain));
    test::check_equal(
        speculative(reciter(text)).decode(kModel, kPrompt, {.max_new_tokens = 20}, stops(heard)),
        stopped);
    CHECK(heard == heard_plain);
  }
}

}  // namespace

TEST_CASE("coupled speculation is random decoding, token by token, whatever the drafter") {
  check_as_plain(lk::RandomDecoder{kChain, {.seed = 5, .report = kReport}}, [](const Guess& guess) {
    return lk::SpeculativeDecoder{
        kChain, guess, {.draft_tokens = 4, .seed = 5, .report = kReport}, lk::Coupled{}};
  });
}

TEST_CASE("speculation by exact match is greedy decoding, token by token") {
  check_as_plain(lk::GreedyDecoder{kChain, {.report = kReport}}, [](const Guess& guess) {
    return lk::SpeculativeDecoder{
        kChain, guess, {.draft_tokens = 4, .report = kReport}, lk::ExactMatch{}};
  });
}

TEST_CASE("stop rules, failures and bad rows hold inside a draft") {
  // Of a text that is certain: a rule by chance has no choice, and must end where it does.
  const lk::GreedyDecoder greedy;
  const auto decode = [](const Guess& guess, const auto& model, const lk::Limits& limits) {
    const lk::SpeculativeDecoder decoder{lk::Chain{}, guess, {.draft_tokens = 4}};
    return decoder.decode(model, kPrompt, limits);
  };
  const Tokens script{5, 2, 7, 7, 1, 0, 4, 5, 2, 9, 3, 3, 8, 6, 1, 2, 5, 7, 4, 0, 0, 0, 0};
  const test::ScriptedModel model{kVocabulary, kPrompt.size(), script};
  const auto certain = [&](std::span<const lk::Token> tokens) {
    std::vector<float> row = model(tokens);
    for (float& logit : row) logit = logit > 0 ? logit : -std::numeric_limits<float>::infinity();
    return row;
  };
  for (const lk::Limits& limits : all_limits(script)) {
    const auto expected = greedy.decode(certain, kPrompt, limits);
    for (const Guess& guess : guesses(script)) {
      const lk::SpeculativeGeneration ours = decode(guess, certain, limits);
      test::check_equal(ours, expected);
      CHECK(ours.speculation.tokens == expected.tokens.size());
      CHECK(ours.speculation.accepted <= ours.speculation.drafted);
      CHECK(ours.speculation.accepted <
            std::max(ours.speculation.tokens, std::size_t(1)) + ours.speculation.rounds);
    }
  }
  for (const std::size_t length : {3u, 4u, 8u, 9u, 12u}) {
    const test::ThrowsAt<decltype(certain)> throws{certain, length};
    const test::SpoiltAt<decltype(certain)> spoilt{certain, length, test::Spoil::too_long};
    const lk::Limits limits{.max_new_tokens = 20};
    for (const Guess& guess : guesses(script)) {
      test::check_equal(decode(guess, throws, limits), greedy.decode(throws, kPrompt, limits));
      test::check_equal(decode(guess, spoilt, limits), greedy.decode(spoilt, kPrompt, limits));
    }
  }
}

TEST_CASE("what a model with a cache throws ends the text that there is") {
  struct Failing : test::CachedRecurrent<float> {
    Matrix score(std::span<const lk::Token>) { throw std::runtime_error("out of memory"); }
  } model;
  const auto two = [](const lk::Context&, std::size_t) { return Tokens{1, 2}; };
  const lk::SpeculativeDecoder decoder{lk::Chain{}, Guess(two)};
  const auto result = decoder.decode(model, kPrompt, {.max_new_tokens = 9});
  CHECK(result.reason == lk::StopReason::model_failed);
  CHECK(result.error);
  CHECK(result.tokens.size() == 1);  // by the row of prefill
}

TEST_CASE("without drafts every rule by chance is random decoding, and so is a short end") {
  const lk::RandomDecoder plain{kChain, {.seed = 9, .stream = 2}};
  const lk::Limits limits{.max_new_tokens = 30};
  const auto nothing = [](const lk::Context&, std::size_t n) { return Tokens(n == 0 ? 9 : 0, 1); };
  const auto expected = plain.decode(kModel, kPrompt, limits);
  test::check_equal(
      lk::SpeculativeDecoder{kChain, nothing, {.draft_tokens = 4, .seed = 9, .stream = 2}}.decode(
          kModel, kPrompt, limits),
      expected);
  const auto something = [](const lk::Context&, std::size_t) { return Tokens{1, 2, 3}; };
  test::check_equal(
      lk::SpeculativeDecoder{kChain, something, {.draft_tokens = 0, .seed = 9, .stream = 2}}.decode(
          kModel, kPrompt, limits),
      expected);
  test::check_equal(lk::SpeculativeDecoder{kChain, something, {.seed = 9, .stream = 2}}.decode(
                        kModel, kPrompt, {.max_new_tokens = 1}),
                    plain.decode(kModel, kPrompt, {.max_new_tokens = 1}));
}

namespace {

/// The model itself, with the numbers that it is given.
struct Twin {
  std::vector<lk::Token> tokens;

  lk::Draft propose(const lk::Context& context, std::size_t n, const auto& decider) {
    Tokens all(context.tokens.begin(), context.tokens.end());
    lk::Workspace workspace;
    while (all.size() < context.tokens.size() + n) {
      const auto row = kModel(all);
      all.push_back(lk::Candidates(row, workspace).draw(decider(all.size())));
    }
    tokens.assign(all.begin() + static_cast<std::ptrdiff_t>(context.tokens.size()), all.end());
    return {tokens, {}};
  }
};

/// A rule that says how to choose, and nothing else.
struct Best {
  [[nodiscard]] lk::ChooseBest chooser(const auto&) const { return {}; }
  lk::Verdict operator()(const auto&, const lk::Draft&, const auto&, const auto&) const {
    return {};
  }
};

}  // namespace

TEST_CASE("a rule of one's own that chooses row by row is not asked") {
  const Tokens expected = lk::GreedyDecoder{kChain}.decode(kModel, kPrompt, {}).tokens;
  const lk::SpeculativeDecoder decoder{kChain, reciter(expected), {.draft_tokens = 3}, Best{}};
  const auto result = decoder.decode(kModel, kPrompt, {});
  CHECK(result.tokens == expected);
  CHECK(result.speculation.acceptance() > 0.6);  // a third is wrong
}

TEST_CASE("coupled, a drafter draws with the numbers that the model draws with") {
  const lk::SpeculativeDecoder decoder{lk::Chain{}, Twin{}, {.draft_tokens = 3}, lk::Coupled{}};
  const auto result = decoder.decode(kModel, kPrompt, {.max_new_tokens = 40});
  CHECK(result.speculation.acceptance() == 1);
  CHECK(result.speculation.rounds == 10);
  CHECK(result.speculation.tokens_per_round() == 4);
}

TEST_CASE("what is reported of each token of a round is what the model and the chain say of it") {
  const lk::SpeculativeDecoder decoder{
      kChain, reciter(Tokens(30, 2)), {.draft_tokens = 3, .seed = 3, .report = kReport}};
  const auto ours = decoder.decode(kModel, kPrompt, {.max_new_tokens = 30});
  REQUIRE(ours.tokens.size() == 30);
  CHECK(ours.model_log_probabilities.size() == 30);
  auto session = lk::RandomDecoder{kChain, {.report = kReport}}.start(kPrompt, lk::Limits{});
  lk::Workspace workspace;
  double score = 0;
  for (std::size_t i = 0; i < 30; ++i) {
    const auto row = kModel(session.tokens());
    const lk::Pick pick = session.pick_of(ours.tokens[i], lk::as_row(row), workspace);
    CHECK(ours.model_log_probabilities[i] == pick.model_log_probability);
    CHECK(ours.choice_log_probabilities[i] == pick.choice_log_probability);
    CHECK(ours.ranks[i] == pick.rank);
    for (std::size_t j = 0; j < 2; ++j) {
      CHECK(ours.alternatives[2 * i + j].token == pick.alternatives[j].token);
    }
    score += pick.model_log_probability;
    session.accept(ours.tokens[i]);
  }
  CHECK(ours.score == score);
}

TEST_CASE(
    "a bad row that the chain has mended is bad to a report of the model, inside a draft too") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto model = [](std::span<const lk::Token> tokens) {
    std::vector<float> row(4, -kInfinity);
    row[tokens.size() % 3] = 0;
    if (tokens.size() == 6) row[3] = kInfinity;
    if (tokens.size() == 8) throw std::runtime_error("read ahead, and not for what comes");
    return row;
  };
  const auto mends = [](auto& candidates, const lk::Context&) { candidates.ban(3); };
  const Guess right = [](const lk::Context& context, std::size_t n) {
    Tokens tokens;
    while (tokens.size() < n) {
      tokens.push_back(static_cast<lk::Token>((context.tokens.size() + tokens.size()) % 3));
    }
    return tokens;
  };
  for (const bool reported : {false, true}) {
    const lk::Report report{.model = reported};
    const auto expected =
        lk::RandomDecoder{mends, {.report = report}}.decode(model, Tokens{0}, lk::Limits{});
    CHECK(expected.tokens.size() == (reported ? 5 : 7));
    CHECK(expected.reason == (reported ? lk::StopReason::bad_row : lk::StopReason::model_failed));
    const lk::SpeculativeDecoder ours{mends, right, {.draft_tokens = 20, .report = report}};
    test::check_equal(ours.decode(model, Tokens{0}, lk::Limits{}), expected);
  }
}

TEST_CASE("a speculative decoder's configuration is checked") {
  const auto nothing = [](const lk::Context&, std::size_t) { return Tokens{}; };
  CHECK_THROWS_WITH((lk::SpeculativeDecoder{lk::Chain{}, nothing, {.draft_tokens = 2000}}),
                    "SpeculativeOptions: draft_tokens must satisfy draft_tokens <= 1024, got 2000");
  const lk::SpeculativeDecoder decoder{lk::Chain{}, nothing};
  CHECK_THROWS(decoder.decode(kModel, Tokens{}, lk::Limits{}));
  CHECK_THROWS(decoder.start(kPrompt, {.max_new_tokens = 0}));
}
