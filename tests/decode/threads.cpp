// SPDX-License-Identifier: MIT
// Decoders are values that any number of threads may share: each finds what one thread alone does.
#include <logitkit/decode/beam_search.hpp>
#include <logitkit/decode/best_of_n.hpp>
#include <logitkit/decode/greedy.hpp>
#include <logitkit/decode/random.hpp>
#include <logitkit/decode/stochastic_beams.hpp>
#include <logitkit/process/dry.hpp>
#include <logitkit/process/repetition_penalty.hpp>
#include <logitkit/process/temperature.hpp>
#include <logitkit/process/top_p.hpp>
#include <logitkit/process/xtc.hpp>

#include "support/catch.hpp"
#include "support/executors.hpp"
#include "support/models.hpp"

namespace lk = logitkit;
using Tokens = std::vector<lk::Token>;

namespace {

constexpr std::size_t kThreads = 8;
const Tokens kPrompt{3, 1, 4};
const lk::Limits kLimits{.max_new_tokens = 24, .end_tokens = {0}};

Tokens tokens_of(const lk::Generation& generation) { return generation.tokens; }
Tokens tokens_of(const std::vector<lk::Generation>& generations) {
  Tokens all;
  for (const auto& each : generations) {
    all.insert(all.end(), each.tokens.begin(), each.tokens.end());
  }
  return all;
}

/// Decodes in all threads at once, each several times, by one decoder and one model for all.
void check(const auto& decoder) {
  const test::PlainRecurrent<float> model{300, 7};
  const Tokens expected = tokens_of(decoder.decode(model, kPrompt, kLimits));
  std::vector<int> wrong(kThreads);
  const auto decode = [&](std::size_t t) {
    for (int i = 0; i < 4; ++i) {
      wrong[t] += tokens_of(decoder.decode(model, kPrompt, kLimits)) != expected;
    }
  };
  test::threads(kThreads, lk::Task(decode));
  CHECK(!expected.empty());
  CHECK(wrong == std::vector<int>(kThreads));
}

}  // namespace

TEST_CASE("eight threads share each decoder, its chain and one model") {
  const lk::Chain chain{lk::RepetitionPenalty{1.2f}, lk::Dry{{.multiplier = 1}},
                        lk::Temperature{0.9f}, lk::Xtc{0.5f, 0.1f}, lk::TopP{0.9f}};
  check(lk::GreedyDecoder{chain});
  check(lk::RandomDecoder{chain, {.seed = 5}});
  check(lk::BestOfNDecoder{chain, {.n = 3, .seed = 5}});
  check(lk::BeamSearchDecoder{chain, {.beams = 3}});
  check(lk::BeamSearchDecoder{chain, {.beams = 3}, lk::StochasticBeams{{.seed = 5}}});
}

TEST_CASE("copies of a session go on in threads of their own") {
  const test::PlainRecurrent<float> model{300, 7};
  const lk::RandomDecoder decoder{lk::Chain{lk::RepetitionPenalty{1.2f}}, {.seed = 9}};
  auto session = decoder.start(kPrompt, kLimits);
  const auto go_on = [&](auto& its_own) {
    lk::Workspace workspace;
    while (its_own.accept(its_own.next(model(its_own.tokens()), workspace).token) ==
           lk::StopReason::none) {
    }
  };
  std::vector copies(kThreads, session);
  const auto one = [&](std::size_t t) { go_on(copies[t]); };
  test::threads(kThreads, lk::Task(one));
  go_on(session);
  for (const auto& copy : copies) CHECK(std::ranges::equal(copy.tokens(), session.tokens()));
}
