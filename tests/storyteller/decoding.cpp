// SPDX-License-Identifier: MIT
// The Transformer under logitkit's decoders: with its cache it says what it says without.
#include "files.hpp"
#include "support/catch.hpp"
#include "tokenizer.hpp"
#include "transformer.hpp"

#include <logitkit/logitkit.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace lk = logitkit;
using lk::Token;
using storyteller::Checkpoint;
using storyteller::Tokenizer;
using storyteller::Transformer;
using Tokens = std::vector<Token>;

static_assert(lk::ForkableModel<Transformer>);
static_assert(lk::RewindableModel<Transformer>);

namespace {

const lk::Chain kChain{lk::RepetitionPenalty{1.1f}, lk::Temperature{0.9f}, lk::TopK{40},
                       lk::TopP{0.95f}};

struct Stories {
  Transformer model{Checkpoint::load(STORYTELLER_DATA_DIR "/stories.bin")};
  Tokenizer tokenizer = Tokenizer::load(STORYTELLER_DATA_DIR "/tokenizer.bin", 512);
  Tokens prompt = tokenizer.encode("Once upon a time");
  lk::Limits limits{.max_new_tokens = 40, .end_tokens = {Tokenizer::kBegin, Tokenizer::kEnd}};

  /// The same model as a plain callback, which reads everything anew for each token.
  auto without_cache() {
    return [this](std::span<const Token> tokens) -> Eigen::VectorXf {
      return model.prefill(tokens).col(0);
    };
  }
};

}  // namespace

TEST_CASE("greedy and random decoding say the same with and without the cache") {
  Stories stories;
  auto plain = stories.without_cache();
  const lk::GreedyDecoder greedy{kChain, {.report = {.model = true}}};
  const auto cached = greedy.decode(stories.model, stories.prompt, stories.limits);
  const auto replayed = greedy.decode(plain, stories.prompt, stories.limits);
  CHECK(cached.tokens.size() == 40);
  CHECK(cached.tokens == replayed.tokens);
  CHECK(cached.score == replayed.score);

  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const lk::RandomDecoder random{kChain, {.seed = seed}};
    CHECK(random.decode(stories.model, stories.prompt, stories.limits).tokens ==
          random.decode(plain, stories.prompt, stories.limits).tokens);
  }
}

TEST_CASE("every beam search says the same with and without the cache, to the bit of its scores") {
  Stories stories;
  auto plain = stories.without_cache();
  stories.limits.max_new_tokens = 9;
  const auto check = [&](const auto& decoder) {
    const auto cached = decoder.decode(stories.model, stories.prompt, stories.limits);
    const auto replayed = decoder.decode(plain, stories.prompt, stories.limits);
    REQUIRE_FALSE(cached.empty());
    REQUIRE(replayed.size() == cached.size());
    for (std::size_t i = 0; i < cached.size(); ++i) {
      CHECK(cached[i].tokens == replayed[i].tokens);
      CHECK(cached[i].score == replayed[i].score);
    }
  };
  for (const std::size_t beams : {1u, 2u, 7u}) {
    CAPTURE(beams);
    check(lk::BeamSearchDecoder{kChain, {.beams = beams}});
  }
  const lk::BeamOptions options{.beams = 4};
  lk::BeamOptions legacy = options, canonical = options;
  legacy.legacy = true;
  canonical.early_stopping = lk::EarlyStopping::canonical;
  canonical.length_penalty = lk::LengthPenalty::gnmt(0.6);
  check(lk::BeamSearchDecoder{kChain, options});
  check(lk::BeamSearchDecoder{kChain, legacy});
  check(lk::BeamSearchDecoder{kChain, canonical});
  check(lk::BeamSearchDecoder{kChain, options, lk::DiverseBeams{{.groups = 2}}});
  Tokens dragon = stories.tokenizer.encode(" dragon");
  dragon.erase(dragon.begin());  // the token that begins a text
  check(lk::BeamSearchDecoder{lk::Chain{}, options, lk::RequiredPhrases{{{dragon}}}});
  check(lk::BeamSearchDecoder{kChain, options, lk::StochasticBeams{{.seed = 3}}});
  check(lk::BeamSearchDecoder{kChain, options, lk::SampledBeams{{.seed = 3}}});
  check(lk::BestOfNDecoder{kChain, {.n = 4, .seed = 3}});
  check(lk::ArithmeticDecoder{kChain, {.n = 4, .seed = 3}});
}

TEST_CASE("speculation says the same, in fewer rounds: coupled every token, greedy the best") {
  Stories stories;
  Transformer small(Checkpoint::load(STORYTELLER_DATA_DIR "/draft.bin"));
  stories.limits.max_new_tokens = 60;
  const auto decode = [&](const auto& decoder) {
    return decoder.decode(stories.model, stories.prompt, stories.limits);
  };
  std::size_t rounds = 0, tokens = 0;
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const Tokens expected = decode(lk::RandomDecoder{kChain, {.seed = seed}}).tokens;
    const lk::SpeculativeOptions options{.seed = seed};
    const auto by_model = decode(
        lk::SpeculativeDecoder{kChain, lk::ModelDrafter{small, kChain}, options, lk::Coupled{}});
    const auto by_suffix =
        decode(lk::SpeculativeDecoder{kChain, lk::SuffixDrafter{}, options, lk::Coupled{}});
    CHECK(by_model.tokens == expected);
    CHECK(by_suffix.tokens == expected);
    rounds += by_model.speculation.rounds;
    tokens += by_model.speculation.tokens;
  }
  CHECK(2 * tokens > 3 * rounds);

  const lk::Chain best{lk::Temperature{0.0f}};
  const auto greedy = decode(lk::SpeculativeDecoder{lk::Chain{}, lk::ModelDrafter{small, best},
                                                    lk::SpeculativeOptions{}, lk::ExactMatch{}});
  CHECK(greedy.tokens == decode(lk::GreedyDecoder{}).tokens);
  CHECK(greedy.speculation.tokens_per_round() > 1.5);
}

TEST_CASE("beams find texts of a higher likelihood than greedy, on 50 prompts") {
  Stories stories;
  stories.limits = {.max_new_tokens = 12, .end_tokens = {Tokenizer::kBegin, Tokenizer::kEnd}};
  const std::array<std::string, 10> names{"Tom",  "Lily", "Ben", "Mia", "Sam",
                                          "Anna", "Max",  "Sue", "Tim", "Lucy"};
  const std::array<std::string, 5> verbs{" was", " had a", " went to", " saw a", " said"};
  int better = 0, worse = 0;
  double gain = 0;
  for (const std::string& name : names) {
    for (const std::string& verb : verbs) {
      const Tokens prompt = stories.tokenizer.encode(name + verb);
      const auto greedy = lk::GreedyDecoder{lk::Chain{}, {.report = {.model = true}}}.decode(
          stories.model, prompt, stories.limits);
      const lk::BeamSearchDecoder beams{lk::Chain{}, {.beams = 4, .length_penalty = 0}};
      const auto best = beams.decode(stories.model, prompt, stories.limits)[0];
      better += best.score > greedy.score + 1e-6;
      worse += best.score < greedy.score - 1e-6;
      gain += best.score - greedy.score;
    }
  }
  CAPTURE(better, worse, gain);
  CHECK(better >= 25);
  CHECK(worse <= 2);
  CHECK(gain > 0);
}

TEST_CASE("a batch of stories with prompts and seeds of their own is each story alone") {
  Stories stories;
  const std::array<std::string, 3> texts{"Once upon a time", "The dragon was", "Lily"};
  using Decoder = lk::RandomDecoder<std::remove_const_t<decltype(kChain)>>;
  std::vector<Decoder::Session> sessions;
  std::vector<Tokens> alone;
  Tokens last;
  std::vector<lk::Workspace> workspaces(1);
  stories.limits.end_tokens.clear();  // all of one length, so that no row ends early

  for (std::size_t i = 0; i < texts.size(); ++i) {
    const Decoder decoder{kChain, {.seed = i}};
    const Tokens prompt = stories.tokenizer.encode(texts[i]);
    alone.push_back(decoder.decode(stories.model, prompt, stories.limits).tokens);
    sessions.push_back(decoder.start(prompt, stories.limits));
  }
  stories.model.reorder({});
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto& row = stories.model.append(sessions[i].tokens());
    last.push_back(sessions[i].next(row, workspaces[0]).token);
    sessions[i].accept(last[i]);
  }
  while (sessions[0].reason() == lk::StopReason::none) {
    const auto picks = lk::next(stories.model.step(last), sessions, workspaces);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      REQUIRE(picks[i].status == lk::Status::ok);
      last[i] = picks[i].token;
      sessions[i].accept(last[i]);
    }
  }
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto generated = sessions[i].generated();
    CHECK(Tokens(generated.begin(), generated.end()) == alone[i]);
  }
}

TEST_CASE("a full context ends the story, and a limit ends it before") {
  Stories stories;
  stories.limits.max_new_tokens = 1000;
  stories.limits.end_tokens.clear();
  const auto beyond = lk::GreedyDecoder{}.decode(stories.model, stories.prompt, stories.limits);
  CHECK(beyond.reason == lk::StopReason::model_failed);
  CHECK(beyond.tokens.size() == 256 - stories.prompt.size() + 1);
  CHECK_THROWS_AS(std::rethrow_exception(beyond.error), std::length_error);

  stories.limits.max_tokens = 256;
  const auto within = lk::GreedyDecoder{}.decode(stories.model, stories.prompt, stories.limits);
  CHECK(within.reason == lk::StopReason::max_tokens);
  CHECK(within.tokens.size() == 256 - stories.prompt.size());
}
