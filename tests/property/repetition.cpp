// SPDX-License-Identifier: MIT
// Whatever looks at repetition: each beam has a state of its own, and a window allocates nothing.
#include "support/allocations.hpp"

#include "reference/trial.hpp"
#include "support/catch.hpp"

#include <logitkit/decode/beam_search.hpp>
#include <logitkit/process/dry.hpp>
#include <logitkit/process/encoder_no_repeat_ngram.hpp>
#include <logitkit/process/encoder_repetition_penalty.hpp>
#include <logitkit/process/frequency_penalty.hpp>
#include <logitkit/process/green_list_watermark.hpp>
#include <logitkit/process/no_repeat_ngram.hpp>
#include <logitkit/process/presence_penalty.hpp>
#include <logitkit/process/repetition_penalty.hpp>

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

constexpr std::size_t kVocabulary = 12;
const Tokens kPrompt{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
const lk::GreenListOptions kGreen{.vocabulary = kVocabulary, .context = 2};

/// A model of one token's memory, so that texts repeat themselves.
const auto kModel = [](std::span<const lk::Token> tokens) {
  return reference::normal_row<double>(kVocabulary, static_cast<std::uint64_t>(tokens.back()));
};

/// Calls f with each of them, windows that are shorter than the texts among them.
template <class F>
void for_each_processor(const F& f) {
  f(lk::RepetitionPenalty{1.5, {.last = 6}});
  f(lk::RepetitionPenalty{1.5, {.skip_prompt = 4}});
  f(lk::FrequencyPenalty{0.7, {.last = 5}});
  f(lk::PresencePenalty{0.9});
  f(lk::PresencePenalty{0.9, {.last = 3}});
  f(lk::NoRepeatNgram{2});
  f(lk::NoRepeatNgram{3});
  f(lk::EncoderRepetitionPenalty{1.4, kPrompt});
  f(lk::EncoderNoRepeatNgram{2, kPrompt});
  f(lk::Dry{{.multiplier = 1, .allowed_length = 1, .last = 9, .breakers = {{5}, {1, 2}}}});
  f(lk::Dry{{.multiplier = 0.5}});
  f(lk::GreenListWatermark{1.5, kGreen});
  auto self = kGreen;
  self.seeding = lk::GreenSeeding::self_hash;
  f(lk::GreenListWatermark{1.5, self});
}

}  // namespace

TEST_CASE("the scores of beams are those of a replay of each: no beam has another's state") {
  for_each_processor([](const auto& processor) {
    const lk::BeamSearchDecoder beams{lk::Chain{processor}, {.beams = 5, .length_penalty = 0}};
    const auto best = beams.decode(kModel, kPrompt, lk::Limits{.max_new_tokens = 12});
    REQUIRE(!best.empty());
    lk::Workspace workspace;
    for (const lk::Generation& generation : best) {
      auto replayed = processor;
      if constexpr (lk::StartingProcessor<decltype(replayed)>) replayed.start(kPrompt);
      Tokens tokens = kPrompt;
      double score = 0;
      for (const lk::Token token : generation.tokens) {
        const auto row = kModel(tokens);
        lk::Candidates<double> candidates(row, workspace);
        candidates.normalise();
        replayed(candidates, {tokens, kPrompt.size()});
        score += candidates.score(token);
        if constexpr (lk::AcceptingProcessor<decltype(replayed)>) replayed.accept(token);
        tokens.push_back(token);
      }
      CHECK(std::fabs(score - double(generation.score)) < 1e-9);
    }
  });
}

TEST_CASE("what has a window allocates nothing once it is full") {
  const auto row = reference::normal_row<float>(5000, 1);
  const auto allocated = [&](auto processor) {
    lk::Workspace workspace;
    std::size_t before = 0;
    for (int i = 0; i < 3000; ++i) {
      if (i == 1500) before = test::allocations;
      processor.accept(static_cast<lk::Token>(i * i % 97));  // comes round again, with repeats
      lk::Candidates<float> candidates(row, workspace);
      processor(candidates, {});
    }
    return test::allocations - before;
  };
  CHECK(allocated(lk::RepetitionPenalty{1.5f, {.last = 64}}) == 0);
  CHECK(allocated(lk::FrequencyPenalty{0.5f, {.last = 64}}) == 0);
  CHECK(allocated(lk::PresencePenalty{0.5f, {.last = 1}}) == 0);
  CHECK(allocated(lk::Dry{{.allowed_length = 1, .last = 64, .breakers = {{5}, {1, 2}}}}) == 0);
  CHECK(allocated(lk::GreenListWatermark{1.5f, {.vocabulary = 4000, .context = 4}}) == 0);
  CHECK(allocated(lk::NoRepeatNgram{3}) <= 2);  // its text, and what goes with it, have doubled
}
